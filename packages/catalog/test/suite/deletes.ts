import { describe, expect } from "@jest/globals";
import { childFqn, fqnOf } from "@omd/schema";
import { addPipeline, addSchema, addTable, freshNames, ref } from "../catalog-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

/** Soft and hard deletes, restore. */
export function deleteTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("delete and restore", () => {
    test("a soft delete hides the entity and keeps it", async (catalog) => {
      const { pipelines } = freshNames();
      const pipeline = await addPipeline(catalog, pipelines);
      await catalog.delete("pipeline", pipeline.id);
      const fqn = pipeline.fullyQualifiedName;
      expect(await catalog.get("pipeline", fqn)).toBeUndefined();
      expect(await catalog.get("pipeline", fqn, { include: "all" })).toMatchObject({ id: pipeline.id, deleted: true });
      expect(await catalog.get("pipeline", fqn, { include: "deleted" })).toMatchObject({ id: pipeline.id });
    });

    test("takes the children along, and restore brings them back", async (catalog) => {
      const { service } = freshNames();
      const schema = await addSchema(catalog, service);
      const table = await addTable(catalog, schema, "t");
      const database = await catalog.get("database", fqnOf(service, "shop"));
      await catalog.delete("database", String(database?.id));
      expect(await catalog.get("databaseSchema", schema)).toBeUndefined();
      expect(await catalog.get("table", childFqn(schema, "t"))).toBeUndefined();
      expect(await catalog.get("databaseService", fqnOf(service))).toBeDefined();
      await catalog.restore("database", String(database?.id));
      expect(await catalog.get("table", childFqn(schema, "t"))).toMatchObject({ id: table.id });
    });

    test("a put restores a soft-deleted entity with its id", async (catalog) => {
      const { pipelines } = freshNames();
      const pipeline = await addPipeline(catalog, pipelines);
      await catalog.delete("pipeline", pipeline.id);
      const { outcome, entity } = await catalog.put("pipeline", { name: "daily", service: pipelines });
      expect(outcome).toBe("updated");
      expect(entity.id).toBe(pipeline.id);
      expect(await catalog.get("pipeline", pipeline.fullyQualifiedName)).toBeDefined();
    });

    test("a hard delete removes the entity, its children and its lineage", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const from = await addTable(catalog, schema, "a");
      const to = await addTable(catalog, schema, "b");
      await catalog.putLineage({ from: ref("table", from), to: ref("table", to), details: { source: "ViewLineage" } });
      await catalog.delete("table", from.id, { hard: true });
      expect(await catalog.get("table", from.fullyQualifiedName, { include: "all" })).toBeUndefined();
      const around = await catalog.neighbourhood(
        { entityType: "table", fqn: to.fullyQualifiedName },
        { upstream: 1, downstream: 1 },
      );
      expect(around?.edges).toEqual([]);
      expect((await addTable(catalog, schema, "a")).id).not.toBe(from.id);
    });

    test("restore answers the entity, undeleted", async (catalog) => {
      const { pipelines } = freshNames();
      const pipeline = await addPipeline(catalog, pipelines);
      await catalog.delete("pipeline", pipeline.id);
      expect(await catalog.restore("pipeline", pipeline.id)).toMatchObject({ id: pipeline.id, name: "daily" });
      expect(await catalog.get("pipeline", pipeline.fullyQualifiedName)).toBeDefined();
    });

    test("nothing can be made below a deleted parent", async (catalog) => {
      const { service } = freshNames();
      const schema = await addSchema(catalog, service);
      const found = await catalog.get("databaseSchema", schema);
      await catalog.delete("databaseSchema", String(found?.id));
      await expect(addTable(catalog, schema, "t")).rejects.toMatchObject({ status: 404 });
    });
  });
}
