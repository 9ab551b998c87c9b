import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { Expected } from "./dbt-expected.ts";
import { dbtDirectory } from "./dbt-place.ts";
import { ExportedCatalog } from "./exported-catalog.ts";
import { difference, same, Workplace, type OmdResult } from "./omd.ts";

/** `omd ingest-dbt` in a project as dbt left it: the last command was `dbt docs generate`, so its only results are of compiled nodes. */
describe("the directory of a real project", () => {
  const run = { version: "1.11", target: "duckdb" } as const;
  const place = new Workplace();
  const expected = new Expected(run);
  const project = join(dbtDirectory(run), "project");
  let first: OmdResult;
  let exported: string;
  let catalog: ExportedCatalog;

  beforeAll(async () => {
    first = await place.omd(["ingest-dbt", "-c", project]);
    exported = await place.exportCatalog();
    catalog = new ExportedCatalog(exported);
  }, 300_000);

  test("the run is complete", () => {
    expect(first.stderr).not.toContain("Error");
    expect(first.code).toBe(0);
  });

  test("tables, edges and tests of the project are there", () => {
    expect([...expected.tables.keys()].filter((fqn) => !catalog.entities("table").has(fqn))).toEqual([]);
    expect(catalog.edges.length).toBeGreaterThan(15);
    expect(catalog.entities("testCase").size).toBeGreaterThan(25);
  });

  test("what was only compiled is no result and no run", () => {
    const results = catalog.ofKind("series").filter((line) => line["extension"] === "testCase.testCaseResult");
    const tests = results.filter((line) => !String(line.fullyQualifiedName).endsWith("_freshness"));
    expect(tests).toEqual([]);
    // dbt 1.8 and later leave sources that could not be asked out of sources.json.
    const asked = [...expected.freshness.values()].filter(({ status }) => status !== "runtime error");
    expect(results).toHaveLength(asked.length);
    expect(catalog.ofKind("pipelineStatus")).toEqual([]);
  });

  test("a second run leaves the catalog as it was", async () => {
    expect((await place.omd(["ingest-dbt", "-c", project])).code).toBe(0);
    expect(difference(await place.exportCatalog(), exported)).toEqual(same);
  });
});
