import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { Expected, tableOf } from "./dbt-expected.ts";
import { dbtDirectory, DbtPlace } from "./dbt-place.ts";
import { ExportedCatalog } from "./exported-catalog.ts";
import { difference, same, type OmdResult } from "./omd.ts";

/** A model is taken out of the project and dbt runs again: what it made is retired, its table stays (it is the database's). */
describe.each([
  { version: "1.11", target: "duckdb" },
  { version: "1.11", target: "postgres" },
] as const)("a model removed, dbt $version on $target", (run) => {
  const place = new DbtPlace();
  const before = new Expected(run);
  const after = new Expected(run, "expected-less.json");
  const removed = before.nodes.find(({ name }) => name === "sales_by_country");
  const table = removed === undefined ? "" : tableOf(removed);
  let first: ExportedCatalog;
  let result: OmdResult;
  let text: string;
  let second: ExportedCatalog;

  beforeAll(async () => {
    place.lay(join(dbtDirectory(run), "artifacts"));
    place.configure();
    expect((await place.ingest()).code).toBe(0);
    first = new ExportedCatalog(await place.exportCatalog());
    place.lay(join(dbtDirectory(run), "artifacts-less"));
    result = await place.ingest();
    text = await place.exportCatalog();
    second = new ExportedCatalog(text);
  }, 600_000);

  const into = (catalog: ExportedCatalog): string[] =>
    catalog.edges.filter(({ to }) => to.fullyQualifiedName === table).map(({ from }) => from.fullyQualifiedName);
  const cases = (catalog: ExportedCatalog): string[] =>
    [...catalog.entities("testCase").values()].map((one) => String(one["name"])).toSorted();

  test("dbt itself does not know the model any more, its table is still in the database", () => {
    expect(after.nodes.map(({ name }) => name)).not.toContain("sales_by_country");
    expect(after.tables.has(table)).toBe(true);
  });

  test("the run is complete", () => {
    expect(result.code).toBe(0);
    expect(result.report?.outcome).toBe("complete");
  });

  test("its edges were there and are gone", () => {
    expect(into(first).toSorted()).toEqual(removed === undefined ? [] : before.upstream(removed));
    expect(into(second)).toEqual([]);
  });

  test("its tests were there and are retired, no others", () => {
    const names = (expected: Expected): Set<string> => new Set(expected.tests.map(({ name }) => name));
    const gone = [...names(before).difference(names(after))];
    expect(gone.length).toBeGreaterThanOrEqual(4);
    for (const name of gone) expect([name, cases(first).includes(name)]).toEqual([name, true]);
    expect(cases(second)).toEqual(cases(first).filter((name) => !gone.includes(name)));
  });

  test("its table is not deleted, and no table is", () => {
    expect([...second.entities("table").keys()]).toContain(table);
    expect([...first.entities("table").keys()].filter((fqn) => !second.entities("table").has(fqn))).toEqual([]);
  });

  test("a further run writes nothing", async () => {
    const { code, report } = await place.ingest();
    expect(code).toBe(0);
    expect(report?.writes).toEqual(expect.objectContaining({ created: 0, updated: 0, restored: 0, deleted: 0 }));
    expect(difference(await place.exportCatalog(), text)).toEqual(same);
  });

  test("the model comes back, and its edges and tests with it", async () => {
    place.lay(join(dbtDirectory(run), "artifacts"));
    expect((await place.ingest()).code).toBe(0);
    const again = new ExportedCatalog(await place.exportCatalog());
    expect(into(again).toSorted()).toEqual(into(first).toSorted());
    expect(cases(again)).toEqual(cases(first));
  });
});
