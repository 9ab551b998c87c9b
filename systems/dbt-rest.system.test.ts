import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createRequestOracle } from "../packages/catalog/test/openmetadata-face/request-oracle.ts";
import { addCurated, addTables, ServedCatalog } from "./dbt-catalog.ts";
import { Expected } from "./dbt-expected.ts";
import { dbtDirectory, DbtPlace } from "./dbt-place.ts";
import { env, type OmdResult } from "./omd.ts";
import { exchangeSchema, startRecordingProxy, type Exchange, type RecordingProxy } from "./recording-proxy.ts";
import { startOmdServe, type ServedOmd } from "./served-omd.ts";

const writesOf = (calls: readonly Exchange[] = []): string[] =>
  calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

/** Artifacts of real dbt into a server that speaks OpenMetadata's API, over a proxy that writes down each request. */
describe.each([
  { version: "1.5", target: "duckdb", serviceType: "CustomDatabase" },
  { version: "1.11", target: "duckdb", serviceType: "CustomDatabase" },
  { version: "1.11", target: "postgres", serviceType: "Postgres" },
] as const)("dbt $version on $target into a server", ({ serviceType, ...run }) => {
  const place = new DbtPlace();
  const expected = new Expected(run);
  let served: ServedOmd;
  let proxy: RecordingProxy;
  let empty: { result: OmdResult; calls: Exchange[] };
  const runs: { result: OmdResult; calls: Exchange[] }[] = [];

  const ingest = async (name: string): Promise<{ result: OmdResult; calls: Exchange[] }> => {
    const file = place.file(`${name}.jsonl`, "");
    proxy.recordTo(file);
    const result = await place.ingest();
    proxy.recordTo(undefined);
    const lines = readFileSync(file, "utf8").split("\n");
    return {
      result,
      calls: lines.filter((line) => line !== "").map((line) => exchangeSchema.parse(JSON.parse(line))),
    };
  };

  beforeAll(async () => {
    served = await startOmdServe(join(place.dir, "server"));
    proxy = await startRecordingProxy(served.url, new Map());
    place.lay(join(dbtDirectory(run), "artifacts"));
    place.configure({
      server: {
        hostPort: proxy.hostPort,
        authProvider: "openmetadata",
        securityConfig: { jwtToken: "canary.jwt.token-0123456789" },
      },
    });
    const catalog = new ServedCatalog(served.url);
    await catalog.put("/services/databaseServices", { name: "market", serviceType });
    empty = await ingest("empty");
    await addCurated(catalog);
    await addTables(catalog, serviceType, expected.tables.values());
    runs.push(await ingest("first"), await ingest("second"));
  }, 600_000);

  afterAll(async () => {
    await proxy.close();
    await served.stop();
  });

  test("a server without the tables: each is counted with its reason, none is made", async () => {
    const wanted = [...expected.relations.values()].map(({ database, schema, identifier, alias, name }) =>
      [database, schema, identifier ?? alias ?? name].join("."),
    );
    const missing = (empty.result.report?.warnings ?? []).filter(({ reason }) => /has no such table/.test(reason));
    expect(missing.map(({ name }) => name).toSorted()).toEqual(wanted.toSorted());
    expect(empty.result.code).toBe(0);
    expect(writesOf(empty.calls).filter((call) => /\/(tables|databases|databaseSchemas)\b/.test(call))).toEqual([]);
  });

  test("a server with the tables: the run is complete", () => {
    expect(runs[0]?.result.stderr).not.toContain("Error");
    expect(runs.map(({ result }) => result.code)).toEqual([0, 0]);
    expect(runs[0]?.result.report?.failures).toEqual([]);
  });

  test.each(["OMD_OM_SCHEMAS", "OMD_OM_SCHEMAS_2"])("every request satisfies the schemas of %s", (schemas) => {
    const oracle = createRequestOracle(env(schemas));
    const findings = runs
      .flatMap(({ calls }) => calls)
      .flatMap((call) => oracle.check(call.method, call.path, call.body));
    expect(findings).toEqual([]);
    expect(runs[0]?.calls.filter(({ method }) => method !== "GET").length).toBeGreaterThan(80);
  });

  test("no table is created or taken away", () => {
    const writes = writesOf(runs[0]?.calls);
    expect(writes.filter((call) => /^PUT \S+\/tables(\/bulk)?$/.test(call))).toEqual([]);
    expect(writes.filter((call) => call.startsWith("DELETE"))).toEqual([]);
  });

  test("the second run only reads", () => {
    expect(writesOf(runs[1]?.calls)).toEqual([]);
    expect(runs[1]?.calls.length).toBeLessThan((runs[0]?.calls.length ?? 0) / 2);
  });

  test("descriptions, lineage and results are at the server", async () => {
    const catalog = new ServedCatalog(served.url);
    const sales = [...expected.tables].find(([, { name }]) => name === "fct_sales")?.[0] ?? "";
    const table = await catalog.call("GET", `/tables/name/${encodeURIComponent(sales)}?fields=columns,tags,owners`);
    expect(table).toMatchObject({ description: "Every sale, added to", owners: [{ name: "ana" }] });
    const lineage = await catalog.call(
      "GET",
      `/lineage/table/name/${encodeURIComponent(sales)}?upstreamDepth=1&downstreamDepth=0`,
    );
    expect(lineage["upstreamEdges"]).toHaveLength(1);
    const cases = await catalog.call("GET", `/dataQuality/testCases?limit=1000&fields=testCaseResult`);
    const statuses = (cases["data"] as { testCaseResult?: { testCaseStatus: string } }[]).map(
      (one) => one.testCaseResult?.testCaseStatus,
    );
    expect(statuses).toEqual(expect.arrayContaining(["Success", "Failed"]));
    expect(statuses).not.toContain("Aborted");
  });
});
