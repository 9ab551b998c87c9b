import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Report } from "@omd/core";
import { parseFqn } from "@omd/schema";
import { fixturePath } from "./bytes.ts";
import { DbtWorld, localFiles } from "./dbt-world.ts";

let world: DbtWorld;
let copy: string;
beforeEach(async () => {
  world = await DbtWorld.open();
  copy = mkdtempSync(join(tmpdir(), "omd-dbt-words-"));
  cpSync(fixturePath("1.11.16", ""), copy, { recursive: true });
  const { catalog } = world;
  for (const name of ["ann", "bob"]) await catalog.put("user", { name, email: `${name}@bakery.example` });
  await catalog.put("classification", { name: "Tier", description: "" });
  for (const name of ["Tier1", "Tier2"]) await catalog.put("tag", { name, classification: "Tier", description: "" });
});
afterEach(async () => {
  await world.close();
  rmSync(copy, { recursive: true, force: true });
});

interface Model {
  description: string;
  columns: Record<string, { description: string; tags: string[] }>;
  tags: string[];
  config: { tags: string[]; meta: object };
  meta: object;
  access: string;
  deprecation_date: string | null;
  latest_version: number;
}

function change(id: string, work: (model: Model) => void): void {
  const path = join(copy, "manifest.json");
  const json = JSON.parse(readFileSync(path, "utf8")) as { nodes: Record<string, Model> };
  const model = json.nodes[id];
  if (!model) throw new Error(`no model ${id}`);
  work(model);
  writeFileSync(path, JSON.stringify(json));
}

const run = (more: object = {}): Promise<Report> => world.run(localFiles(copy, more));
const writes = ({ writes: { created, updated, restored, deleted } }: Report) => [created, updated, restored, deleted];
const buyers = "model.bakery.stg_buyers";

interface Table {
  id: string;
  description?: string;
  tags: { tagFQN: string }[];
  owners?: { name: string }[];
  extension?: object;
  columns: { name: string; description?: string; tags?: { tagFQN: string }[] }[];
}

async function table(fqn = "wh.bakery.main_staging.stg_buyers"): Promise<Table> {
  const found = await world.catalog.get("table", parseFqn(fqn), { fields: ["*"] });
  if (!found) throw new Error(`no table ${fqn}`);
  return found as unknown as Table;
}
const tagsOf = ({ tags }: Pick<Table, "tags">) => tags.map(({ tagFQN }) => tagFQN).toSorted();

const first = (model: Model): void => {
  model.description = "Who buys";
  model.columns = { id: { description: "Key", tags: ["key"] } };
  model.tags = model.config.tags = ["people", "old"];
  model.meta = { owner: "ann", openmetadata: { tier: "Tier1", customProperties: { cost: "1", gone: "1" } } };
  model.config.meta = model.meta;
};
const second = (model: Model): void => {
  model.description = "Who buys bread";
  model.columns = { id: { description: "Key of a buyer", tags: [] } };
  model.tags = model.config.tags = ["people", "new"];
  model.meta = { owner: "bob", openmetadata: { tier: "Tier2", customProperties: { cost: "2" } } };
  model.config.meta = model.meta;
  model.access = "public";
};

describe.each<[string, () => Promise<void>]>([
  ["a table that dbt made", () => Promise.resolve()],
  [
    "a table of another connector",
    async () => {
      const { catalog } = world;
      await catalog.put("databaseService", { name: "wh", serviceType: "CustomDatabase" });
      await catalog.put("database", { name: "bakery", service: "wh" });
      await catalog.put("databaseSchema", { name: "main_staging", database: "wh.bakery" });
      const columns = [{ name: "id", dataType: "INT" }] as never;
      const request = { name: "stg_buyers", databaseSchema: "wh.bakery.main_staging", columns };
      await catalog.put("table", { ...request, sourceHash: "of-another" });
    },
  ],
])("%s", (_what, prepare) => {
  test("follows what changes in dbt, and loses what dbt took away", async () => {
    await prepare();
    change(buyers, first);
    await run();
    const before = await table();
    expect(before).toMatchObject({
      description: "Who buys",
      owners: [{ name: "ann" }],
      extension: { cost: "1", gone: "1" },
    });
    expect(before.columns[0]).toMatchObject({ description: "Key", tags: [{ tagFQN: "dbtTags.key" }] });
    expect(tagsOf(before)).toEqual([
      "Tier.Tier1",
      "dbtProperties.access_protected",
      "dbtProperties.materialized_view",
      "dbtTags.old",
      "dbtTags.people",
    ]);
    expect(writes(await run())).toEqual([0, 0, 0, 0]);

    change(buyers, second);
    await run();
    const after = await table();
    expect(after).toMatchObject({ description: "Who buys bread", owners: [{ name: "bob" }] });
    expect(after.extension).toEqual({ cost: "2" });
    expect(after.columns[0]?.description).toBe("Key of a buyer");
    expect(after.columns[0]?.tags ?? []).toEqual([]);
    expect(tagsOf(after)).toEqual([
      "Tier.Tier2",
      "dbtProperties.access_public",
      "dbtProperties.materialized_view",
      "dbtTags.new",
      "dbtTags.people",
    ]);
    for (let count = 0; count < 2; count += 1) expect(writes(await run())).toEqual([0, 0, 0, 0]);
  });

  test("keeps what people wrote in its place, unless an option says override", async () => {
    await prepare();
    change(buyers, first);
    await run();
    const { id } = await table();
    const label = (tagFQN: string) => ({ tagFQN, source: "Classification", labelType: "Manual", state: "Confirmed" });
    await world.catalog.patch("table", id, [
      { op: "replace", path: "/description", value: "By people" },
      { op: "replace", path: "/columns/0/description", value: "By people" },
      { op: "replace", path: "/extension/cost", value: "by people" },
      { op: "add", path: "/tags/-", value: label("dbtProperties.group_finance") },
    ]);
    change(buyers, second);
    await run();
    const kept = await table();
    expect(kept).toMatchObject({ description: "By people", extension: { cost: "by people" } });
    expect(kept.columns[0]?.description).toBe("By people");
    expect(tagsOf(kept)).toContain("dbtProperties.group_finance");
    expect(tagsOf(kept)).not.toContain("dbtProperties.access_protected");
    expect(writes(await run())).toEqual([0, 0, 0, 0]);

    await run({ dbtUpdateDescriptions: true });
    expect(await table()).toMatchObject({ description: "Who buys bread", extension: { cost: "by people" } });
    expect(writes(await run({ dbtUpdateDescriptions: true }))).toEqual([0, 0, 0, 0]);
  });
});

test("version, deprecation and contract are taken back", async () => {
  const old = "model.bakery.loyalty.v2";
  await run();
  const fqn = "wh.bakery.main.loyal_buyers";
  expect(tagsOf(await table(fqn))).toContain("dbtProperties.version_latest");
  change(old, (model) => void (model.latest_version = 3));
  const sales = "wh.bakery.main.sales_by_day";
  expect(tagsOf(await table(sales))).toContain("dbtProperties.contract_enforced");
  change("model.bakery.sales_by_day", (model) => {
    Object.assign(model, { contract: { enforced: false } });
    Object.assign(model.config, { contract: { enforced: false } });
  });
  await run();
  expect(tagsOf(await table(fqn))).not.toContain("dbtProperties.version_latest");
  expect(tagsOf(await table(sales))).not.toContain("dbtProperties.contract_enforced");
  expect(writes(await run())).toEqual([0, 0, 0, 0]);
});

test("without tags in one run, those of the run before stay and are known later on", async () => {
  change(buyers, first);
  await run();
  const before = tagsOf(await table());
  await run({ includeTags: false });
  expect(tagsOf(await table())).toEqual(before);
  change(buyers, second);
  await run();
  expect(tagsOf(await table())).toEqual([
    "Tier.Tier2",
    "dbtProperties.access_public",
    "dbtProperties.materialized_view",
    "dbtTags.new",
    "dbtTags.people",
  ]);
});
