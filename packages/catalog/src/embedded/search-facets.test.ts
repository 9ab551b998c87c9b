import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";
import { maxCounted, type FacetSearchOptions } from "./search-facets.ts";

const many = maxCounted + 100;
let catalog: EmbeddedCatalog;

/** More pipelines with the words "orders" and "daily" than are counted; what is looked for is written last. */
beforeAll(async () => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
  for (const name of ["big", "small"]) await catalog.put("pipelineService", { name, serviceType: "Airflow" });
  const put = (service: string, names: readonly string[]) =>
    catalog.putMany(
      "pipeline",
      names.map((name) => ({ name, service })),
    );
  await put(
    "big",
    Array.from({ length: many }, (_, index) => `orders_daily_${index}`),
  );
  await put("big", ["orders", "orders_daily", "plan_b"]);
  await put("small", ["oven", "late_o", "bread oven", "Orders Daily"]);
  await catalog.put("pipeline", { name: "oil", service: "small", owners: [] });
});
afterAll(() => catalog.close());

const search = (text: string, more: Partial<FacetSearchOptions> = {}) => catalog.facets.search({ text, ...more });
const names = (...args: Parameters<typeof search>): string[] => search(...args).hits.map(({ name }) => name);

describe("more matches than are counted", () => {
  test("what is called like the words comes first, wherever it was added", () => {
    expect(names("orders", { limit: 1 })).toEqual(["orders"]);
    expect(names("big.orders", { limit: 1 })).toEqual(["orders"]);
    expect(names("orders daily", { limit: 2 }).sort()).toEqual(["Orders Daily", "orders_daily"]);
    expect(names("ORD dai", { limit: 3 })).toHaveLength(3);
    expect(search("orders daily")).toMatchObject({ total: maxCounted, more: true });
    expect(search("ord dai")).toMatchObject({ total: maxCounted, more: true });
  });

  test("filters find what lies beyond", () => {
    expect(search("orders", { filters: { service: ["small"] } })).toMatchObject({ total: 1, more: false });
    const { facets } = search("daily", { filters: { service: ["small"] } });
    expect(facets.service[0]).toEqual({ value: "big", count: maxCounted });
  });

  test("pages follow each other without gaps", () => {
    const all = names("orders", { limit: 60 });
    const pages = [0, 20, 40].flatMap((offset) => names("orders", { limit: 20, offset }));
    expect(pages).toEqual(all);
    expect(new Set(all).size).toBe(60);
  });
});

describe("the beginning of a word", () => {
  test("stands for few words or for many", async () => {
    expect(search("dail")).toMatchObject({ total: maxCounted, more: true });
    // Numbers: more words begin so than are put in its place.
    expect(search("303").hits.every(({ name }) => /_303\d?$/.test(name))).toBe(true);
    expect(search("303").total).toBe(11);
    expect(search("orde 3031")).toMatchObject({ total: 1, hits: [{ name: "orders_daily_3031" }] });
    await catalog.put("pipeline", { name: "dailyness", service: "small" });
    expect(names("dail", { filters: { service: ["small"] } }).sort()).toEqual(["Orders Daily", "dailyness"]);
    expect(search("dailz")).toMatchObject({ total: 0 });
  });

  test("of more than eight words is looked up as such", async () => {
    const twelve = Array.from({ length: 12 }, (_, index) => ({ name: `wort${index}`, service: "small" }));
    await catalog.putMany("pipeline", twelve);
    expect(names("wort", { limit: 50 })).toHaveLength(12);
    await Promise.all(
      twelve.slice(0, 6).map(async ({ name }) => {
        const entity = await catalog.get("pipeline", fqnOf("small", name));
        await catalog.delete("pipeline", entity?.id ?? "");
      }),
    );
    expect(names("wort", { limit: 50 })).toHaveLength(6);
  });
});

describe("one letter", () => {
  test("begins a name, or is a word of its own", () => {
    const { hits, more } = search("o", { limit: 1000 });
    expect(more).toBe(true);
    expect(hits.map(({ name }) => name)).toEqual(expect.arrayContaining(["late_o", "oil", "orders"]));
    expect(hits.map(({ name }) => name)).not.toContain("bread oven");
    expect(names("b", { filters: { type: ["pipeline"] } }).sort()).toEqual(["bread oven", "plan_b"]);
  });

  test.each([
    [{ service: ["small"] }, ["Orders Daily", "late_o", "oil", "oven"]],
    [{ service: ["nobody"] }, []],
    [{ type: ["pipelineService"] }, []],
    [{ tag: ["PII.None"] }, []],
  ])("among %j all are found", (filters, expected) => {
    expect([...names("o", { filters })].sort()).toEqual(expected);
    expect(search("o", { filters }).more).toBe(false);
  });

  test("among filters with more than are counted, at least the first by name", () => {
    const { hits, more } = search("p", { filters: { service: ["big"] } });
    expect([hits.map(({ name }) => name), more]).toEqual([["plan_b"], false]);
  });

  test("beside another word it must be whole", () => {
    expect(names("orders d")).toEqual([]);
    expect(names("plan b")).toEqual(["plan_b"]);
  });
});

test("what nobody has is not found", () => {
  for (const text of ["zzz", "z", "orders zzz"])
    expect(search(text)).toMatchObject({ total: 0, more: false, hits: [] });
});
