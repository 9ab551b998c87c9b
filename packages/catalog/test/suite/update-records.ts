import { describe, expect } from "@jest/globals";
import { childFqn, fqnOf, type EntitySet, type EntityUpdateRecord, type FQN } from "@omd/schema";
import { addPipeline, addSchema, addTable, addTag, freshNames, label } from "../catalog-fixture.ts";
import { entityRecord, runSink } from "../sink-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

const update = (fqn: FQN, set: EntitySet, more: Partial<EntityUpdateRecord> = {}): EntityUpdateRecord => ({
  kind: "entityUpdate",
  entityType: "table",
  fqn,
  set,
  ...more,
});
const fields = { fields: ["columns", "tags", "owners", "domains", "lifeCycle"] };

/** What is added to entities that another source owns. */
export function updateTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("updates of entities", () => {
    test("fill what is empty in one patch, and send nothing the second time", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const tag = await addTag(catalog, `c_${names.pipelines}`, "hot");
      const user = (await catalog.put("user", { name: `u_${names.pipelines}`, email: `u.${names.pipelines}@x.io` }))
        .entity;
      const domain = { name: `d_${names.pipelines}`, description: "d", domainType: "Aggregate" };
      const glossary = `g_${names.pipelines}`;
      const term = { name: "Order", glossary, description: "t" };
      const set: EntitySet = {
        description: "by dbt",
        columnDescriptions: { ID: "the key" },
        tags: [label(tag)],
        columnTags: { mail: [label(tag)] },
        owners: [{ id: user.id, type: "user" }],
        domains: [fqnOf(domain.name)],
        glossaryTerms: [fqnOf(glossary, "Order")],
        lifeCycle: { updated: { timestamp: 2000 } },
      };
      const first = await runSink(catalog, [
        entityRecord("glossary", { name: glossary, description: "g" }),
        entityRecord("glossaryTerm", term),
        entityRecord("domain", domain),
        update(table, set),
      ]);
      expect(first.outcomes).toEqual(["created", "created", "created", "updated"]);
      expect(first.writes.filter((call) => call === "patch")).toHaveLength(1);
      expect(await catalog.get("table", table, fields)).toMatchObject({
        description: "by dbt",
        columns: [{ description: "the key" }, { tags: [{ tagFQN: tag }] }],
        tags: expect.arrayContaining([
          expect.objectContaining({ tagFQN: tag }),
          expect.objectContaining({ tagFQN: `${glossary}.Order` }),
        ]),
        owners: [{ id: user.id }],
        domains: [{ name: domain.name }],
        lifeCycle: { updated: { timestamp: 2000 } },
      });
      expect(await runSink(catalog, [update(table, set)])).toMatchObject({ outcomes: ["unchanged"], writes: [] });
      const older = update(table, { lifeCycle: { updated: { timestamp: 1000 } } });
      expect((await runSink(catalog, [older])).outcomes).toEqual(["unchanged"]);
    });

    test("leave what people wrote, unless they may replace it", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const { id, fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      await catalog.patch("table", id, [
        { op: "add", path: "/description", value: "by hand" },
        { op: "add", path: "/columns/0/description", value: "by hand" },
      ]);
      const set = { description: "by dbt", columnDescriptions: { id: "by dbt" } };
      expect((await runSink(catalog, [update(table, set)])).writes).toEqual([]);
      expect((await runSink(catalog, [update(table, set, { override: ["owners"] })])).writes).toEqual([]);
      const forced = await runSink(catalog, [update(table, set, { override: ["description"] })]);
      expect(forced.outcomes).toEqual(["updated"]);
      const stored = await catalog.get("table", table, fields);
      expect(stored).toMatchObject({ description: "by dbt", columns: [{ description: "by dbt" }, {}] });
      const all = await runSink(catalog, [update(table, { description: "later" })], true);
      expect(all.outcomes).toEqual(["updated"]);
    });

    test("keep one tier, which another replaces only when it may", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const [one, two] = [await addTag(catalog, "Tier", "Tier1"), await addTag(catalog, "Tier", "Tier2")];
      const tiers = async () => (await catalog.get("table", table, fields))?.["tags"];
      await runSink(catalog, [update(table, { tier: one })]);
      expect(await tiers()).toMatchObject([{ tagFQN: one }]);
      expect((await runSink(catalog, [update(table, { tier: two })])).outcomes).toEqual(["unchanged"]);
      await runSink(catalog, [update(table, { tier: two }, { override: ["tier"] })]);
      expect(await tiers()).toMatchObject([{ tagFQN: two }]);
    });

    test("name what they could not place, and write the rest", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const set: EntitySet = {
        description: "d",
        tags: [label("No.tag")],
        columnDescriptions: { nowhere: "x" },
        domains: [fqnOf("none")],
        glossaryTerms: [fqnOf("No", "Term")],
      };
      const run = await runSink(catalog, [update(table, set)]);
      expect(run.outcomes).toEqual(["updated"]);
      expect(run.warnings).toEqual([
        "not in the catalog and left out: column nowhere, domain none, glossary term No.Term, tag No.tag",
      ]);
      expect(await catalog.get("table", table)).toMatchObject({ description: "d" });
    });

    test("set custom properties key by key", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      await runSink(catalog, [update(table, { extension: { access: "public" } })]);
      await runSink(catalog, [update(table, { extension: { access: "private", contract: "yes" } })]);
      const stored = await catalog.get("table", table, { fields: ["extension"] });
      expect(stored?.["extension"]).toEqual({ access: "public", contract: "yes" });
    });

    test("are for every type; an entity that is not there is counted", async (catalog) => {
      const { pipelines, service } = freshNames();
      const { fullyQualifiedName: fqn } = await addPipeline(catalog, pipelines);
      const one = update(fqn, { description: "d" }, { entityType: "pipeline" });
      const none = update(childFqn(fqnOf(service), "zzz"), { description: "d" }, { entityType: "pipeline" });
      expect(await runSink(catalog, [one, none])).toMatchObject({
        outcomes: ["updated", "missing"],
        warnings: [expect.stringContaining("this pipeline is not in the catalog")],
      });
    });

    test("follow a data model of the same table and do not repeat its tags", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const tag = await addTag(catalog, `c_${names.pipelines}`, "hot");
      const tags = [label(tag)];
      const dataModel = { modelType: "DBT" as const, tags };
      const run = await runSink(catalog, [{ kind: "dataModel", table, dataModel }, update(table, { tags })]);
      expect(run.outcomes[0]).toBe("updated");
      expect((await catalog.get("table", table, fields))?.["tags"]).toMatchObject([{ tagFQN: tag }]);
    });
  });
}
