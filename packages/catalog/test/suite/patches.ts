import { describe, expect } from "@jest/globals";
import { fqnOf, type JsonPatchOperation } from "@omd/schema";
import { addPipeline, addSchema, addTable, addTag, freshNames, label } from "../catalog-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

/** RFC 6902 patches. */
export function patchTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("patch", () => {
    test("replaces a description, even one that is set", async (catalog) => {
      const { pipelines } = freshNames();
      await addPipeline(catalog, pipelines);
      const { entity } = await catalog.put("pipeline", { name: "p", service: pipelines, description: "old" });
      const patched = await catalog.patch("pipeline", entity.id, [
        { op: "replace", path: "/description", value: "new" },
      ]);
      expect(patched).toMatchObject({ id: entity.id, description: "new", version: 0.2 });
      expect((await catalog.get("pipeline", entity.fullyQualifiedName))?.description).toBe("new");
    });

    test("adds into a list that is missing", async (catalog) => {
      const { pipelines } = freshNames();
      const tag = await addTag(catalog, `Cls${pipelines}`, "Gold");
      const pipeline = await addPipeline(catalog, pipelines);
      await catalog.patch("pipeline", pipeline.id, [{ op: "add", path: "/tags/0", value: label(tag) }]);
      const shown = await catalog.get("pipeline", pipeline.fullyQualifiedName, { fields: ["tags", "tasks"] });
      expect(shown).toMatchObject({ tags: [{ tagFQN: tag }], tasks: [{ name: "extract" }, { name: "load" }] });
    });

    test("replaces the list of tags", async (catalog) => {
      const { pipelines } = freshNames();
      const gold = await addTag(catalog, `Cls${pipelines}`, "Gold");
      const silver = await addTag(catalog, `Cls${pipelines}`, "Silver");
      await addPipeline(catalog, pipelines);
      const { entity } = await catalog.put("pipeline", { name: "p", service: pipelines, tags: [label(gold)] });
      await catalog.patch("pipeline", entity.id, [{ op: "replace", path: "/tags", value: [label(silver)] }]);
      const shown = await catalog.get("pipeline", entity.fullyQualifiedName, { fields: ["tags"] });
      expect(shown?.tags).toMatchObject([{ tagFQN: silver }]);
    });

    test("changes one column and keeps the others", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const table = await addTable(catalog, schema, "t");
      const patched = await catalog.patch("table", table.id, [
        { op: "add", path: "/columns/1/description", value: "where to write" },
      ]);
      expect(patched.columns).toMatchObject([{ name: "id" }, { name: "mail", description: "where to write" }]);
    });

    test("puts the identity back silently", async (catalog) => {
      const { pipelines } = freshNames();
      const pipeline = await addPipeline(catalog, pipelines);
      const patched = await catalog.patch("pipeline", pipeline.id, [
        { op: "replace", path: "/fullyQualifiedName", value: "other.name" },
        { op: "add", path: "/displayName", value: "Daily" },
      ]);
      expect(patched).toMatchObject({
        id: pipeline.id,
        name: "daily",
        fullyQualifiedName: fqnOf(pipelines, "daily"),
        displayName: "Daily",
      });
    });

    test("no effective change leaves the version", async (catalog) => {
      const { pipelines } = freshNames();
      await addPipeline(catalog, pipelines);
      const { entity } = await catalog.put("pipeline", { name: "p", service: pipelines, description: "same" });
      const patched = await catalog.patch("pipeline", entity.id, [
        { op: "replace", path: "/description", value: "same" },
      ]);
      expect(patched.version).toBe(0.1);
    });

    const bad: [string, JsonPatchOperation][] = [
      ["a path that is not there", { op: "replace", path: "/tasks/7/description", value: "x" }],
      ["an unknown property", { op: "add", path: "/colour", value: "red" }],
      ["the removal of what is not there", { op: "remove", path: "/pipelineLocation" }],
    ];
    for (const [what, operation] of bad) {
      test(`refuses ${what}`, async (catalog) => {
        const { pipelines } = freshNames();
        const pipeline = await addPipeline(catalog, pipelines);
        await expect(catalog.patch("pipeline", pipeline.id, [operation])).rejects.toMatchObject({ status: 400 });
        expect((await catalog.get("pipeline", pipeline.fullyQualifiedName))?.version).toBe(0.1);
      });
    }

    test("answers 404 for an id that is not there", async (catalog) => {
      const patch = catalog.patch("pipeline", "00000000-0000-4000-8000-000000000000", [
        { op: "add", path: "/description", value: "x" },
      ]);
      await expect(patch).rejects.toMatchObject({ status: 404 });
    });
  });
}
