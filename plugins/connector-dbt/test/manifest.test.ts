import { describe, expect, test } from "@jest/globals";
import { readManifest, readSemanticManifest, type ManifestItem } from "../src/index.ts";
import { all, fixture, stream, versions } from "./bytes.ts";

async function itemsOf(version: (typeof versions)[number], size?: number, note?: (message: string) => void) {
  return all(readManifest(stream(fixture(version, "manifest.json"), size), "manifest.json", note));
}

type Value<K extends ManifestItem["kind"]> = Extract<ManifestItem, { kind: K }>["value"];

function of<K extends ManifestItem["kind"]>(items: ManifestItem[], kind: K): Value<K>[] {
  return items.flatMap((item) => (item.kind === kind ? [item.value as Value<K>] : []));
}

function one<K extends ManifestItem["kind"]>(items: ManifestItem[], kind: K, id: string): Value<K> {
  const found = of(items, kind).find((value) => "uniqueId" in value && value.uniqueId === id);
  if (found === undefined) throw new Error(`${id} is missing`);
  return found;
}

describe.each(versions)("a manifest of dbt %s", (version) => {
  test("gives everything that is in the file, and nothing else", async () => {
    const notes: string[] = [];
    const items = await itemsOf(version, 1000, (message) => notes.push(message));
    const raw = JSON.parse(fixture(version, "manifest.json").toString()) as Record<string, Record<string, unknown>>;
    const sections = {
      nodes: "node",
      sources: "source",
      exposures: "exposure",
      metrics: "metric",
      semantic_models: "semanticModel",
      groups: "group",
      saved_queries: "savedQuery",
      unit_tests: "unitTest",
    } as const;
    for (const [section, kind] of Object.entries(sections))
      expect(of(items, kind).map((value) => value.raw)).toEqual(Object.values(raw[section] ?? {}));
    expect(of(items, "disabled").map((value) => value.raw)).toEqual(Object.values(raw["disabled"] ?? {}).flat());
    expect(of(items, "disabled")).toHaveLength(1);
    expect(items[0]).toMatchObject({ kind: "metadata", value: { dbtVersion: version, adapterType: "duckdb" } });
    expect(notes).toEqual([]);
  });

  test("is the same however the file comes in pieces", async () => {
    expect(await itemsOf(version, 7)).toEqual(await itemsOf(version, 10_000_000));
  });

  test("tells models, tests and sources alike in all versions", async () => {
    const items = await itemsOf(version);
    expect(one(items, "node", "model.bakery.sales_by_day")).toMatchObject({
      name: "sales_by_day",
      database: "bakery",
      schema: "main",
      materialized: "incremental",
      access: "protected",
      group: "finance",
      contractEnforced: true,
      dependsOn: ["model.bakery.clean_sales"],
      meta: { openmetadata: { tier: "Tier.Tier2" } },
      columns: [
        { name: "day", description: "Baking day", dataType: "date", tags: ["calendar"] },
        { name: "revenue", dataType: "double", tags: [] },
        { name: "sales", dataType: "bigint" },
      ],
    });
    expect(one(items, "node", "model.bakery.clean_sales")).toMatchObject({
      materialized: "ephemeral",
      relationName: undefined,
    });
    expect(one(items, "node", "model.bakery.loyalty.v2")).toMatchObject({
      name: "loyalty",
      alias: "loyal_buyers",
      version: "2",
      latestVersion: "2",
    });
    expect(one(items, "node", "model.bakery.stg_buyers").tags).toEqual(["people", "with space"]);
    expect(one(items, "node", "test.bakery.unique_stg_buyers_id.27a14e9ebf").test).toMatchObject({
      name: "unique",
      columnName: "id",
      attachedNode: "model.bakery.stg_buyers",
      severity: "ERROR",
    });
    expect(one(items, "node", "test.bakery.no_negative_price").test).toMatchObject({ name: undefined });
    expect(one(items, "node", "seed.bakery.raw_sales").test).toBeUndefined();
    expect(one(items, "source", "source.bakery.oven.sales")).toMatchObject({
      name: "sales",
      identifier: "raw_sales",
      schema: "main_raw",
      warnAfter: { count: 1, period: "day" },
      errorAfter: { count: 3650, period: "day" },
      sourceDescription: "What the till writes",
    });
    expect(one(items, "source", "source.bakery.oven.buyers")).toMatchObject({ warnAfter: undefined });
    const compiled = one(items, "node", "model.bakery.sales_by_day").compiledCode;
    expect(compiled).toContain('from "bakery"."main_staging"."stg_sales"');
  });
});

test("owners have one address or several, whichever dbt wrote", async () => {
  const emails = async (version: (typeof versions)[number]) =>
    of(await itemsOf(version), "group").map((group) => group.owner?.emails);
  expect(await emails("1.8.8")).toEqual([["finance@bakery.example"]]);
  expect(await emails("1.11.16")).toEqual([["finance@bakery.example", "cfo@bakery.example"]]);
});

test("what newer versions brought", async () => {
  const items = await itemsOf("1.11.16");
  expect(one(items, "node", "model.bakery.loyalty.v1").deprecationDate).toMatch(/^2027-01-01/u);
  expect(one(items, "exposure", "exposure.bakery.till_dashboard")).toMatchObject({
    type: "dashboard",
    label: "Till",
    url: "https://bi.bakery.example/till",
    dependsOn: ["model.bakery.sales_by_day", "metric.bakery.revenue"],
  });
  expect(one(items, "metric", "metric.bakery.revenue")).toMatchObject({ type: "simple", label: "Revenue" });
  expect(one(items, "semanticModel", "semantic_model.bakery.sales")).toMatchObject({
    nodeRelation: { alias: "sales_by_day", schema_name: "main" },
    measures: [{ name: "revenue", agg: "sum" }],
  });
  expect(one(items, "unitTest", "unit_test.bakery.sales_by_day.day_is_cut")).toMatchObject({ model: "sales_by_day" });
  expect(one(items, "savedQuery", "saved_query.bakery.revenue_by_day").queryParams).toMatchObject({
    metrics: ["revenue"],
  });
});

test("semantic_manifest.json", async () => {
  const items = await all(readSemanticManifest(stream(fixture("1.11.16", "semantic_manifest.json")), "s"));
  expect(items.map((item) => (item.kind === "configuration" ? "configuration" : `${item.kind} ${item.name}`))).toEqual([
    "semanticModel sales",
    "metric revenue",
    "configuration",
    "savedQuery revenue_by_day",
  ]);
});

const head = '"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}';

describe("what the reader does not know", () => {
  test("old names of fields, and fields of another type", async () => {
    const nodes = {
      "model.a.b": { raw_sql: "select 1", compiled_sql: "select 1", alias: 7, tags: "one", depends_on: null },
      "model.a.c": { alias: 8, columns: { x: { name: "x" }, y: 1 } },
      "model.a.d": null,
    };
    const notes: string[] = [];
    const file = `{${head}, "nodes": ${JSON.stringify(nodes)}, "pastries": {"a": {}}, "sources": null}`;
    const items = await all(readManifest(stream(file), "m", (note) => notes.push(note)));
    expect(of(items, "node")).toMatchObject([
      {
        name: "b",
        resourceType: "model",
        rawCode: "select 1",
        compiledCode: "select 1",
        alias: undefined,
        tags: ["one"],
      },
      { name: "c", columns: [{ name: "x" }] },
    ]);
    expect(notes.toSorted()).toEqual([
      "entries of nodes that are no objects are left out",
      "nodes.alias is not text and is left out",
      "nodes.columns: an entry that is no object is left out",
      "pastries: not known to this connector, left out",
    ]);
  });

  test("unknown keys of a node are kept", async () => {
    const file = `{${head}, "nodes": {"model.a.b": {"name": "b", "flavour": ["sweet"]}}}`;
    expect(of(await all(readManifest(stream(file), "m")), "node")[0]?.raw).toEqual({ name: "b", flavour: ["sweet"] });
  });

  test("sections before the metadata, and a key that would change a prototype", async () => {
    const file = `{"nodes": {"model.a.b": {"name": "b", "__proto__": {"polluted": true}}}, ${head}}`;
    const items = await all(readManifest(stream(file), "m"));
    expect(items.map((item) => item.kind)).toEqual(["node", "metadata"]);
    expect(Object.getPrototypeOf(of(items, "node")[0]?.raw)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

test.each([13, 20])(
  "a manifest of schema version %d is read by the rules of the newest, and that is said once",
  async (version) => {
    const text = fixture("1.11.16", "manifest.json")
      .toString()
      .replace("/manifest/v12.json", `/manifest/v${version}.json`);
    const notes: string[] = [];
    const items = await all(readManifest(stream(Buffer.from(text)), "m", (note) => notes.push(note)));
    const known = await itemsOf("1.11.16");
    expect(items.slice(1)).toEqual(known.slice(1));
    expect(notes).toEqual([
      `metadata: schema version v${version} is read by the rules of v12, the newest that this connector knows`,
    ]);
  },
);

test("a manifest with the NaN and Infinity of Python is read whole", async () => {
  const text = fixture("1.11.16", "manifest.json").toString();
  const spoilt = text.replaceAll('"meta": {}', '"meta": {"rate": NaN, "most": Infinity}');
  const spots = text.split('"meta": {}').length - 1;
  expect(spots).toBeGreaterThan(10);
  const notes: string[] = [];
  const items = await all(readManifest(stream(spoilt, 10_000), "manifest.json", (message) => notes.push(message)));
  const ids = (found: ManifestItem[]) => of(found, "node").map(({ uniqueId }) => uniqueId);
  expect(ids(items)).toEqual(ids(await itemsOf("1.11.16")));
  expect(one(items, "node", "model.bakery.stg_sales").meta).toEqual({ rate: null, most: null });
  expect(notes).toContain(`NaN and Infinity, which JSON does not have, are read as null: ${spots * 2} values`);
});
