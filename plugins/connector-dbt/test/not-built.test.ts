import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Report } from "@omd/core";
import { parseFqn } from "@omd/schema";
import { fixturePath } from "./bytes.ts";
import { DbtWorld, localFiles } from "./dbt-world.ts";

/** Models that dbt declares and could not build. */

let world: DbtWorld;
let copy: string;

beforeEach(async () => {
  world = await DbtWorld.open();
  copy = mkdtempSync(join(tmpdir(), "omd-dbt-test-"));
  cpSync(join(fixturePath("1.11.16", "manifest.json"), ".."), copy, { recursive: true });
});
afterEach(async () => {
  await world.close();
  rmSync(copy, { recursive: true, force: true });
});

function change(name: string, edit: (json: Record<string, unknown>) => void): void {
  const json = JSON.parse(readFileSync(join(copy, name), "utf8")) as Record<string, unknown>;
  edit(json);
  writeFileSync(join(copy, name), JSON.stringify(json));
}

async function burnt() {
  const found = await world.catalog.get("table", parseFqn("wh.bakery.main.burnt"), { fields: ["*"] });
  if (!found) throw new Error("there is no table of the model burnt");
  return found as unknown as { columns: object[]; tags: { tagFQN: string }[] };
}

const writes = ({ writes: { created, updated, restored, deleted } }: Report) => [created, updated, restored, deleted];

const isMarked = async (): Promise<boolean> =>
  (await burnt()).tags.some(({ tagFQN }) => tagFQN === "dbtProperties.not_built");

test("a model that failed is marked only where catalog.json and a result tell that it has no table", async () => {
  const whole = readFileSync(join(copy, "catalog.json"));
  rmSync(join(copy, "catalog.json"));
  await world.run(localFiles(copy));
  expect(await isMarked()).toBe(false);
  writeFileSync(join(copy, "catalog.json"), whole.subarray(0, 3000));
  await world.run(localFiles(copy));
  expect(await isMarked()).toBe(false);
  writeFileSync(join(copy, "catalog.json"), whole);
  for (const name of readdirSync(copy)) if (name.startsWith("run_results")) rmSync(join(copy, name));
  await world.run(localFiles(copy));
  expect(await isMarked()).toBe(false);
});

test("what was told of a model once is not taken back by a run that lacks a file", async () => {
  await world.run(localFiles(copy));
  const wasMarked = await isMarked();
  const whole = new Map(readdirSync(copy).map((name) => [name, readFileSync(join(copy, name))]));
  const results = [...whole.keys()].filter((name) => name.startsWith("run_results"));
  for (const cut of [["catalog.json"], results]) {
    for (const name of cut) writeFileSync(join(copy, name), whole.get(name)?.subarray(0, 2000) ?? "");
    await world.run(localFiles(copy));
    expect([wasMarked, await isMarked()]).toEqual([true, true]);
    for (const name of cut) writeFileSync(join(copy, name), whole.get(name) ?? "");
    expect(writes(await world.run(localFiles(copy)))).toEqual([0, 0, 0, 0]);
  }
});

test("a model that a unit test kept from being made is there with that test's result, and loses its mark once it is made", async () => {
  change("manifest.json", (json) => {
    const nodes = json["nodes"] as Record<string, { columns: object }>;
    const unitTests = json["unit_tests"] as Record<string, { model: string; depends_on: object }>;
    const [unitTest] = Object.values(unitTests);
    if (!nodes["model.bakery.burnt"] || !unitTest) throw new Error("no such model");
    nodes["model.bakery.burnt"].columns = {
      day: { name: "day", data_type: "date", description: "Baking day", tags: [], meta: {} },
    };
    Object.assign(unitTest, { model: "burnt", depends_on: { macros: [], nodes: ["model.bakery.burnt"] } });
  });
  await world.run(localFiles(copy));
  expect(await isMarked()).toBe(true);
  const made = await burnt();
  expect(made.columns).toMatchObject([{ name: "day", dataType: "DATE", description: "Baking day" }]);
  const cases: string[] = [];
  for await (const one of world.catalog.list("testCase", { fields: ["testCaseResult"] }))
    if (one["testCaseResult"] !== undefined) cases.push(one.fullyQualifiedName);
  expect(cases).toContain("wh.bakery.main.burnt.day_is_cut");
  expect(writes(await world.run(localFiles(copy)))).toEqual([0, 0, 0, 0]);

  change("catalog.json", (json) => {
    const nodes = json["nodes"] as Record<string, object>;
    nodes["model.bakery.burnt"] = {
      metadata: { type: "BASE TABLE", database: "bakery", schema: "main", name: "burnt", comment: null, owner: null },
      columns: { day: { name: "day", type: "DATE", index: 1, comment: null } },
      stats: {},
      unique_id: "model.bakery.burnt",
    };
  });
  const report = await world.run(localFiles(copy));
  expect(await isMarked()).toBe(false);
  expect(report.warnings.filter(({ name }) => name === "bakery.main.burnt")).toEqual([]);
});

test("its mark stays with a processor that changes tables, and a second run writes nothing", async () => {
  const config = {
    source: { type: "dbt", serviceName: "wh", sourceConfig: { config: { type: "DBT", ...localFiles(copy) } } },
    workflowConfig: { loggerLevel: "ERROR" },
    omd: { processors: [{ type: "add-tags", tags: ["Own.Later"], entityTypes: ["table"] }] },
  };
  await world.execute(config);
  expect(await isMarked()).toBe(true);
  expect(writes(await world.execute(config))).toEqual([0, 0, 0, 0]);
  expect(await isMarked()).toBe(true);
});

test("tables without columns are told where there is no catalog.json", async () => {
  const told = (report: Report): string[] =>
    report.warnings.map(({ reason }) => reason).filter((reason) => reason.includes("no columns"));
  const whole = readFileSync(join(copy, "catalog.json"));
  rmSync(join(copy, "catalog.json"));
  change("manifest.json", (manifest) => {
    for (const kind of ["nodes", "sources"])
      for (const node of Object.values(manifest[kind] as Record<string, { columns: object }>)) node.columns = {};
  });
  const [warning, ...more] = told(await world.run(localFiles(copy)));
  expect(warning).toMatch(/^\d+ tables have no columns, .*`dbt docs generate` writes one\.$/u);
  expect(more).toEqual([]);
  writeFileSync(join(copy, "catalog.json"), whole);
  expect(told(await world.run(localFiles(copy)))).toEqual([]);
});
