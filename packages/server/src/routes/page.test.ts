import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { FacetSearchResult } from "@omd/catalog";
import { entityTypes, fqnOf } from "@omd/schema";
import { emptyReport, PageApp } from "../../test/page-app.ts";

let page: PageApp;
beforeEach(() => {
  page = new PageApp();
});
afterEach(() => page.close());

test("GET /api/omd/types has the path of every type", async () => {
  const types = await page.json("types");
  expect(Object.keys(types).sort()).toEqual(Object.keys(entityTypes).sort());
  expect(types["pipelineService"]).toBe("services/pipelineServices");
});

describe("GET /api/omd/home", () => {
  test("of an empty catalog", async () => {
    const home = await page.json("home");
    expect(home).toMatchObject({
      catalog: { identity: page.catalog.identity },
      counts: { deletedEntities: 0, lineageEdges: 0 },
      services: [],
      runs: [],
      changes: { since: null, created: 0, updated: 0, deleted: 0, entities: [] },
    });
  });

  test("services with their last run, and what the newest run changed", async () => {
    page.catalog.beginRun({ runId: "first" });
    const tables = await page.tables("a", "b");
    page.catalog.beginRun({ runId: "second" });
    await page.catalog.delete("table", tables[1]?.id ?? "");
    await page.tables("c");
    page.catalog.beginRun(undefined);
    page.keep("1.json", { runId: "first", startedAt: 1000 });
    page.keep("2.json", { runId: "second", startedAt: 5000, outcome: "incomplete", reasons: ["why"] });
    page.keep("3.json", "{ cut");
    page.keep("4.json", JSON.stringify({ schemaVersion: 7 }));
    page.keep("0.json", { runId: "of another service", serviceName: "other", startedAt: 500 });
    const home = await page.json("home");
    expect(home).toMatchObject({
      counts: { entities: { table: 2, databaseService: 1 }, deletedEntities: 1 },
      services: [
        { name: "lite", type: "databaseService", serviceType: "SQLite", entities: 4, lastRun: { runId: "second" } },
      ],
      runs: [
        { runId: "second", outcome: "incomplete", reasons: ["why"] },
        { runId: "first" },
        { serviceName: "other" },
      ],
      changes: {
        since: 1000,
        runId: "second",
        created: 1,
        updated: 0,
        deleted: 1,
        entities: [
          { type: "table", fqn: "lite.shop.main.b", change: "deleted" },
          { type: "table", fqn: "lite.shop.main.c", change: "created" },
        ],
      },
    });
    // The directory also holds reports of runs into other catalogs.
    page.keep("5.json", {
      runId: "third",
      startedAt: 9000,
      catalog: { kind: "rest", identity: "rest:http://other", version: "1" },
    });
    expect(await page.json("home")).toMatchObject({
      runs: [{ runId: "third" }, {}, {}, {}],
      changes: { runId: "second" },
    });
  });
});

describe("GET /api/omd/search", () => {
  const found = async (query: string): Promise<string[]> => {
    const { hits } = await page.json<FacetSearchResult>(`search?${query}`);
    return hits.map(({ fqn }) => fqn);
  };

  async function shop(): Promise<void> {
    await page.catalog.put("classification", { name: "PII", description: "" });
    await page.catalog.put("tag", { name: "Email", description: "", classification: "PII" });
    const owner = await page.catalog.put("user", { name: "ann", email: "ann@x.io" });
    const tables = await page.tables("orders", "orders_daily", "customers");
    const [orders] = tables;
    await page.catalog.put("table", {
      name: "customers",
      databaseSchema: fqnOf("lite", "shop", "main"),
      columns: [
        {
          name: "mail",
          dataType: "STRING",
          tags: [{ tagFQN: "PII.Email", source: "Classification", labelType: "Manual", state: "Confirmed" }],
        },
      ],
    });
    await page.catalog.patch("table", orders?.id ?? "", [
      { op: "add", path: "/owners", value: [{ id: owner.entity.id, type: "user" }] },
      { op: "add", path: "/description", value: "Bestellungen der Bäckerei" },
    ]);
  }

  test("names before FQNs before descriptions, the beginning of a word is enough", async () => {
    await shop();
    expect(await found("q=orders&type=table")).toEqual(["lite.shop.main.orders", "lite.shop.main.orders_daily"]);
    expect(await found("q=ORD")).toEqual(["lite.shop.main.orders", "lite.shop.main.orders_daily"]);
    expect(await found("q=backerei")).toEqual(["lite.shop.main.orders"]);
    expect(await found("q=orders+daily")).toEqual(["lite.shop.main.orders_daily"]);
    expect(await found("q=rders")).toEqual([]);
    expect(await found("q=o")).toContain("lite.shop.main.orders");
    expect(await found("q=orders+d")).toEqual([]);
  });

  test("columns, tags and owners are found, and named in the hit", async () => {
    await shop();
    const { hits } = await page.json<FacetSearchResult>("search?q=mail&type=table&tag=PII.Email");
    expect(hits).toMatchObject([{ name: "customers", matched: [{ field: "column", value: "mail" }] }]);
    const owned = await page.json<FacetSearchResult>("search?q=ann&type=table");
    expect(owned.hits).toMatchObject([
      { name: "orders", owners: ["ann"], matched: [{ field: "owner", value: "ann" }], service: "lite" },
    ]);
  });

  test("filters narrow, and each kind counts what its other values would give", async () => {
    await shop();
    const all = await page.json<FacetSearchResult>("search?q=orders&service=lite");
    expect(all.facets.type).toEqual([{ value: "table", count: 2 }]);
    const { facets, total } = await page.json<FacetSearchResult>("search?type=table&owner=ann");
    expect(total).toBe(1);
    expect(facets.type).toEqual([{ value: "table", count: 1 }]);
    expect(facets.owner).toEqual([{ value: "ann", count: 1 }]);
    const both = await page.json<FacetSearchResult>("search?type=table&type=database");
    expect(both.total).toBe(4);
    expect(both.facets.type).toContainEqual({ value: "databaseSchema", count: 1 });
    expect(both.facets.tag).toEqual([{ value: "PII.Email", count: 1 }]);
    expect(await found("service=nowhere")).toEqual([]);
  });

  test("what is deleted is not found until it is restored; changes are found at once", async () => {
    await shop();
    const table = await page.catalog.get("table", fqnOf("lite", "shop", "main", "orders_daily"));
    await page.catalog.delete("table", table?.id ?? "");
    expect(await found("q=daily")).toEqual([]);
    await page.catalog.restore("table", table?.id ?? "");
    await page.catalog.patch("table", table?.id ?? "", [{ op: "add", path: "/displayName", value: "Everyday" }]);
    expect(await found("q=everyday")).toEqual(["lite.shop.main.orders_daily"]);
    await page.catalog.delete("table", table?.id ?? "", { hard: true });
    expect(await found("q=everyday")).toEqual([]);
  });

  test("pages, and everything without words", async () => {
    await page.tables(...Array.from({ length: 25 }, (_, index) => `t${String(index).padStart(2, "0")}`));
    const first = await found("type=table");
    const second = await found("type=table&offset=20");
    expect([first.length, second.length]).toEqual([20, 5]);
    expect(new Set([...first, ...second]).size).toBe(25);
    const all = await page.json<FacetSearchResult>("search?limit=1");
    expect(all.total).toBe(all.facets.type.reduce((sum, { count }) => sum + count, 0));
    expect(all.hits).toHaveLength(1);
  });

  test.each(['q="', "q=*", "q=a:b", "q=(", "q=-x AND", "q=NEAR(a", "q=%00", "type=%27", "tag=%22)"])(
    "%s breaks nothing",
    async (query) => {
      await shop();
      expect((await page.get(`search?${query.replaceAll(" ", "%20")}`)).status).toBe(200);
    },
  );

  test("bounds of limit and offset", async () => {
    for (const query of ["limit=201", "limit=-1", "offset=10001", "limit=x"])
      expect((await page.get(`search?${query}`)).status).toBe(400);
  });
});

describe("runs", () => {
  test("newest first, of one service, as many as asked; the whole report by id", async () => {
    page.keep("1.json", { runId: "a" });
    page.keep("2.json", { runId: "b", serviceName: "other" });
    page.keep("3.json", { runId: "c", scopes: [{ name: "s", state: "partial", reasons: [], received: 1, seen: 1 }] });
    const { runs } = await page.json<{ runs: unknown[] }>("runs");
    expect(runs).toMatchObject([{ runId: "c", scopes: { partial: 1 } }, { runId: "b" }, { runId: "a" }]);
    expect(await page.json("runs?service=lite&limit=1")).toMatchObject({ runs: [{ runId: "c" }] });
    expect(await page.json("runs/a")).toEqual({ ...emptyReport, runId: "a" });
    expect(await page.json("runs/a/changes")).toEqual({
      by: "run",
      created: 0,
      updated: 0,
      deleted: 0,
      entities: [],
    });
  });

  test("a report that is written anew is read anew", async () => {
    page.keep("1.json", "{");
    expect(await page.json("runs")).toEqual({ runs: [] });
    page.keep("1.json", { runId: "a" });
    expect(await page.json("runs")).toMatchObject({ runs: [{ runId: "a" }] });
  });

  test("two runs side by side", async () => {
    page.keep("1.json", { runId: "a", failureCount: 1, failures: [{ from: "s", name: "n", error: "e" }] });
    page.keep("2.json", {
      runId: "b",
      writes: { ...emptyReport.writes, created: 7 },
      scopes: [{ name: "t", state: "failed", reasons: [], received: 3, seen: 3 }],
    });
    const compared = await page.json("compare?a=a&b=b");
    expect(compared).toMatchObject({
      a: { runId: "a" },
      b: { runId: "b" },
      onlyInA: ["failure: s n: e"],
      onlyInB: ["scope t is failed"],
    });
    expect(compared["figures"]).toEqual(
      expect.arrayContaining([
        { name: "Created", a: 0, b: 7 },
        { name: "Failures", a: 1, b: 0 },
        { name: "Rows of t", b: 3 },
      ]),
    );
  });

  test("runs of a pipeline, newest first", async () => {
    await page.catalog.put("pipelineService", { name: "pipes", serviceType: "Airflow" });
    const { entity } = await page.catalog.put("pipeline", { name: "a/b.c", service: "pipes", tasks: [{ name: "t" }] });
    await page.catalog.putPipelineStatuses(
      entity.fullyQualifiedName,
      [1, 2, 3].map((timestamp) => ({
        timestamp,
        executionStatus: "Successful",
        taskStatus: [{ name: "t", executionStatus: "Successful" }],
      })),
    );
    const path = `entity/pipeline/${encodeURIComponent(entity.fullyQualifiedName)}/runs`;
    expect(await page.json(`${path}?limit=2`)).toMatchObject({
      runs: [{ timestamp: 3, taskStatus: [{ name: "t" }] }, { timestamp: 2 }],
    });
  });

  test.each([
    ["runs/nobody", 404],
    ["runs/nobody/changes", 404],
    ["runs/..%2Flast-report", 404],
    ["compare?a=x", 400],
    ["compare?a=x&b=y", 404],
    ["entity/table/a/runs", 404],
    ["entity/pipeline/nope/runs", 404],
    ["entity/pipeline/a%22b/runs", 400],
  ])("%s is answered %i with a message", async (path, status) => {
    const answer = await page.get(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ code: status, message: expect.any(String) });
  });
});
