import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { omd, temporaryDirectory } from "./run-omd.ts";

const artifacts = join(import.meta.dirname, "../../../plugins/connector-dbt/test/fixtures/dbt-1.11.16");

test("omd ingest-dbt reads the project that it stands in, and the second time writes nothing", async () => {
  const { path } = temporaryDirectory();
  cpSync(artifacts, join(path, "target"), { recursive: true });
  writeFileSync(join(path, "dbt_project.yml"), "name: bakery\nvars:\n  openmetadata_service_name: duck\n");
  const args = ["ingest-dbt", "-c", path, "--omd-home", join(path, "home"), "--json"];
  const first = await omd(args);
  expect([first.code, JSON.parse(first.stdout)]).toMatchObject([0, { exitCode: 0 }]);
  expect(first.stderr).toContain("Complete in");
  const table = await omd([
    "catalog",
    "get",
    "duck.bakery.main.sales_by_day",
    "--omd-home",
    join(path, "home"),
    "--json",
  ]);
  expect(JSON.parse(table.stdout)).toMatchObject({ name: "sales_by_day", dataModel: { modelType: "DBT" } });
  const second = await omd(args);
  expect(JSON.parse(second.stdout)).toMatchObject({ exitCode: 0, writes: { created: 0, updated: 0 } });
});

test("outside a project it says what to do", async () => {
  const { path } = temporaryDirectory();
  const { code, stderr } = await omd(["ingest-dbt", "-c", path]);
  expect(code).toBe(2);
  expect(stderr).toContain("dbt_project.yml cannot be read");
  expect(stderr).toContain("-c");
});
