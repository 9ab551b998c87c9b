import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Report } from "@omd/core";
import { parseFqn } from "@omd/schema";
import { fixturePath, versions } from "./bytes.ts";
import { DbtWorld, localFiles } from "./dbt-world.ts";

let world: DbtWorld;
beforeEach(async () => {
  world = await DbtWorld.open();
});
afterEach(() => world.close());

const directory = (version: (typeof versions)[number]): string => fixturePath(version, "");

/** What tests write is another test's business. */
const only = { includeTags: true };

async function table(fqn: string) {
  const found = await world.catalog.get("table", parseFqn(fqn), { fields: ["*"] });
  if (!found) throw new Error(`no table ${fqn}`);
  return found as unknown as {
    description?: string;
    tableType: string;
    columns: {
      name: string;
      dataType: string;
      dataTypeDisplay: string;
      description?: string;
      tags: { tagFQN: string }[];
    }[];
    tags: { tagFQN: string }[];
    owners?: { name: string }[];
    dataModel?: Record<string, unknown> & { columns: { name: string; description?: string; dataType: string }[] };
  };
}

async function tables(): Promise<string[]> {
  const found: string[] = [];
  for await (const one of world.catalog.list("table")) found.push(one.fullyQualifiedName);
  return found.toSorted();
}

const writes = ({ writes: { created, updated, restored, deleted } }: Report) => [created, updated, restored, deleted];

describe.each(versions)("artifacts of dbt %s alone", (version) => {
  test("make the tables that dbt's catalog lists, with their columns, and a second run writes nothing", async () => {
    const report = await world.run(localFiles(directory(version), only));
    expect([report.outcome, report.reasons]).toEqual(["complete", []]);
    const catalog = JSON.parse(readFileSync(fixturePath(version, "catalog.json"), "utf8")) as Record<
      "nodes" | "sources",
      Record<
        string,
        {
          metadata: { database: string; schema: string; name: string };
          columns: Record<string, { name: string; type: string; index: number }>;
        }
      >
    >;
    for (const { metadata, columns } of [...Object.values(catalog.nodes), ...Object.values(catalog.sources)]) {
      const made = await table(`wh.${metadata.database}.${metadata.schema}.${metadata.name}`);
      const listed = Object.values(columns).toSorted((a, b) => a.index - b.index);
      expect(made.columns.map((one) => [one.name, one.dataTypeDisplay])).toEqual(
        listed.map((one) => [one.name, one.type.toLowerCase()]),
      );
    }
    // What dbt could not build is there as dbt declares it, marked, and said so.
    const all = await tables();
    const marked = await Promise.all(all.map(async (fqn) => [fqn, (await table(fqn)).tags.map((tag) => tag.tagFQN)]));
    expect(marked.filter(([, tags]) => tags?.includes("dbtProperties.not_built")).map(([fqn]) => fqn)).toEqual([
      "wh.bakery.main.after_burnt",
      "wh.bakery.main.burnt",
    ]);
    expect(report.warnings.filter(({ name }) => name.includes("burnt"))).toMatchObject([
      { name: "bakery.main.burnt", reason: expect.stringContaining("it failed in dbt's last run") },
      { name: "bakery.main.after_burnt", reason: expect.stringContaining("dbt skipped it") },
    ]);
    expect(all.some((fqn) => fqn.includes("clean_sales"))).toBe(false);
    expect(all.some((fqn) => fqn.endsWith(".off"))).toBe(false);

    const second = await world.run(localFiles(directory(version), only));
    expect([second.outcome, writes(second)]).toEqual(["complete", [0, 0, 0, 0]]);
  });
});

describe("a model under a contract", () => {
  test("keeps types, descriptions, tags and keys", async () => {
    await world.run(localFiles(directory("1.11.16")));
    const made = await table("wh.bakery.main.sales_by_day");
    expect(made.tableType).toBe("Regular");
    expect(made.columns[0]).toMatchObject({
      name: "day",
      dataType: "DATE",
      description: "Baking day",
      constraint: "NOT_NULL",
      tags: [{ tagFQN: "dbtTags.calendar" }],
    });
    expect(made.tags.map(({ tagFQN }) => tagFQN).toSorted()).toEqual([
      "Tier.Tier2",
      "dbtProperties.access_protected",
      "dbtProperties.contract_enforced",
      "dbtProperties.group_finance",
      "dbtProperties.materialized_incremental",
    ]);
    expect(made.dataModel).toMatchObject({
      modelType: "DBT",
      resourceType: "model",
      dbtSourceProject: "bakery",
      path: "models/marts/sales_by_day.sql",
      upstream: ["wh.bakery.main_staging.stg_sales"],
    });
    expect(made.dataModel?.columns[0]).toMatchObject({ name: "day", dataType: "DATE", description: "Baking day" });
    expect(String(made.dataModel?.["rawSql"])).toContain("{{");
    expect(String(made.dataModel?.["sql"])).not.toContain("{{");
  });
});

describe("tables that another connector has", () => {
  const put = async (columns: object[], more: object = {}) => {
    const { catalog } = world;
    await catalog.put("databaseService", { name: "wh", serviceType: "Snowflake" });
    await catalog.put("database", { name: "BAKERY", service: "wh" });
    await catalog.put("databaseSchema", { name: "MAIN_STAGING", database: "wh.BAKERY" });
    await catalog.put("table", {
      name: "STG_BUYERS",
      databaseSchema: "wh.BAKERY.MAIN_STAGING",
      columns: columns as never,
      sourceHash: "of-another",
      ...more,
    });
  };
  const fqn = "wh.BAKERY.MAIN_STAGING.STG_BUYERS";

  test("are found whatever the case, and only added to", async () => {
    await put(
      [
        { name: "ID", dataType: "NUMBER" },
        { name: "OTHER", dataType: "DATE" },
      ],
      { description: "by people" },
    );
    const report = await world.run(localFiles(directory("1.11.16"), { createMissingTables: false }));
    const found = await table(fqn);
    expect(found.columns.map(({ name }) => name)).toEqual(["ID", "OTHER"]);
    expect(found.description).toBe("by people");
    expect(found.tags.map(({ tagFQN }) => tagFQN)).toEqual(
      expect.arrayContaining(["dbtTags.people", "dbtTags.with space"]),
    );
    expect(found.dataModel).toMatchObject({ modelType: "DBT", resourceType: "model" });
    expect(found.dataModel?.columns[0]?.name).toBe("ID");
    // All others are missing, each once.
    const missing = report.warnings.filter(({ reason }) => reason.includes("has no such table"));
    expect(missing.map(({ name }) => name)).toContain("bakery.main.sales_by_day");
    expect(new Set(missing.map(({ name }) => name)).size).toBe(missing.length);
    expect(await tables()).toEqual([fqn]);
    const second = await world.run(localFiles(directory("1.11.16"), { createMissingTables: false }));
    expect(writes(second)).toEqual([0, 0, 0, 0]);
  });

  test("need their service: without it the run fails, and says which there is", async () => {
    await world.catalog.put("databaseService", { name: "whs", serviceType: "Snowflake" });
    const report = await world.run(localFiles(directory("1.11.16"), { createMissingTables: false }));
    expect([report.outcome, report.exitCode]).toEqual(["failed", 1]);
    expect(report.reasons.join()).toMatch(/GetService failed: the catalog has no database service wh/u);
  });

  test("descriptions of dbt replace what is there only when asked to", async () => {
    await put([{ name: "ID", dataType: "NUMBER", description: "by people" }]);
    await world.run(localFiles(directory("1.11.16"), { createMissingTables: false, dbtUpdateDescriptions: true }));
    const raw = JSON.parse(readFileSync(fixturePath("1.11.16", "manifest.json"), "utf8")) as {
      nodes: Record<string, { description: string; columns: Record<string, { description: string }> }>;
    };
    const model = raw.nodes["model.bakery.stg_buyers"];
    expect((await table(fqn)).columns[0]?.description).toBe(model?.columns["id"]?.description || "by people");
  });

  test("a table that dbt made is left alone once another connector wrote it", async () => {
    await world.run(localFiles(directory("1.11.16")));
    const made = "wh.bakery.main_staging.stg_buyers";
    const { catalog } = world;
    const known = await catalog.get("table", parseFqn(made));
    await catalog.patch("table", known?.id ?? "", [
      { op: "add", path: "/sourceHash", value: "of-another" },
      { op: "remove", path: "/columns/2" },
    ]);
    // Only the edges that lost a column are drawn anew.
    await world.run(localFiles(directory("1.11.16")));
    expect((await table(made)).columns).toHaveLength(2);
    expect(writes(await world.run(localFiles(directory("1.11.16"))))).toEqual([0, 0, 0, 0]);
  });
});

describe("a project that changes", () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), "omd-dbt-copy-"));
    cpSync(directory("1.11.16"), copy, { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  function change(name: string, work: (json: Record<string, unknown>) => void): void {
    const json = JSON.parse(readFileSync(join(copy, name), "utf8")) as Record<string, unknown>;
    work(json);
    writeFileSync(join(copy, name), JSON.stringify(json));
  }

  test("a new column comes to the table that dbt made, and nothing else is written", async () => {
    await world.run(localFiles(copy));
    change("catalog.json", (json) => {
      const nodes = json["nodes"] as Record<string, { columns: Record<string, unknown> }>;
      const columns = nodes["model.bakery.stg_buyers"]?.columns ?? {};
      columns["extra"] = { name: "extra", type: "DECIMAL(4,2)", index: 9, comment: null };
    });
    const report = await world.run(localFiles(copy));
    const made = await table("wh.bakery.main_staging.stg_buyers");
    expect(made.columns.at(-1)).toMatchObject({ name: "extra", dataType: "DECIMAL", precision: 4, scale: 2 });
    expect(made.dataModel?.columns.at(-1)?.name).toBe("extra");
    // The table and its data model.
    expect(writes(report)).toEqual([0, 2, 0, 0]);
  });

  test("columns and types that catalog.json told stay when it is gone", async () => {
    // What failed in dbt is marked only where catalog.json tells that the database does not have it.
    const failed = ["model.bakery.burnt", "model.bakery.after_burnt"];
    const withoutFailed = (): void =>
      change("manifest.json", (json) => {
        for (const id of failed) delete (json["nodes"] as Record<string, unknown>)[id];
      });
    withoutFailed();
    await world.run(localFiles(copy));
    const fqn = "wh.bakery.main_staging.stg_buyers";
    const before = await table(fqn);
    rmSync(join(copy, "catalog.json"));
    const report = await world.run(localFiles(copy));
    expect([report.outcome, writes(report)]).toEqual(["complete", [0, 0, 0, 0]]);
    expect(await table(fqn)).toEqual(before);
    cpSync(directory("1.11.16"), copy, { recursive: true });
    withoutFailed();
    expect(writes(await world.run(localFiles(copy)))).toEqual([0, 0, 0, 0]);
  });

  test("meta.openmetadata, owners of groups and filters", async () => {
    const { catalog } = world;
    await catalog.put("user", { name: "cfo", email: "cfo@bakery.example" });
    await catalog.put("domain", { name: "Sales", domainType: "Aggregate", description: "" });
    await catalog.put("classification", { name: "Tier", description: "" });
    await catalog.put("tag", { name: "Tier2", classification: "Tier", description: "" });
    change("manifest.json", (json) => {
      const nodes = json["nodes"] as Record<string, { meta: object; config: { meta: object } }>;
      const node = nodes["model.bakery.sales_by_day"];
      if (!node) throw new Error("no such model");
      node.meta = { openmetadata: { tier: "Tier.Tier2", domain: "Sales", tags: ["no dot"], glossary: "None.Such" } };
    });
    const report = await world.run(localFiles(copy, { schemaFilterPattern: { excludes: ["history"] } }));
    const made = await table("wh.bakery.main.sales_by_day");
    expect(made.tags.map(({ tagFQN }) => tagFQN)).toContain("Tier.Tier2");
    expect(made).toMatchObject({ owners: [{ name: "cfo" }], domains: [{ name: "Sales" }] });
    expect(await tables()).not.toContain("wh.bakery.history.buyers_history");
    const words = report.warnings.map(({ name, reason }) => `${name}: ${reason}`).join("\n");
    expect(words).toContain('meta.openmetadata.tags: "no dot"');
    expect(words).toContain("glossary term None.Such");
    expect(words).toContain("till-team: named as an owner in dbt");
    expect(words.match(/till-team: named/gu)).toHaveLength(1);
  });

  test("owners that the catalog lacks are made from their e-mails, and roles of the database own nothing", async () => {
    change("manifest.json", (json) => {
      const groups = json["groups"] as Record<string, { owner: object }>;
      for (const group of Object.values(groups))
        group.owner = { name: "Fin Team", email: ["fin1@bakery.example", "fin2@bakery.example"] };
    });
    change("catalog.json", (json) => {
      const nodes = json["nodes"] as Record<string, { metadata: { owner: string } }>;
      for (const { metadata } of Object.values(nodes)) metadata.owner = "dbt";
    });
    const config = {
      source: { type: "dbt", serviceName: "wh", sourceConfig: { config: { type: "DBT", ...localFiles(copy) } } },
      workflowConfig: { loggerLevel: "ERROR" },
    };
    await world.execute(config);
    const emails: string[] = [];
    for await (const user of world.catalog.list("user", { fields: ["*"] })) emails.push(String(user["email"]));
    // Dora owns the exposures; of the till's team dbt says the name only.
    expect(emails.toSorted()).toEqual([
      "dora@bakery.example",
      "fin1@bakery.example",
      "fin2@bakery.example",
      "till-team@owner.invalid",
    ]);
    expect(await table("wh.bakery.main.sales_by_day")).toMatchObject({ owners: [{ name: "fin1" }, { name: "fin2" }] });
    expect((await table("wh.bakery.main_staging.stg_sales")).owners ?? []).toEqual([]);
    expect(writes(await world.execute(config))).toEqual([0, 0, 0, 0]);
  });

  test("a manifest that is cut fails its project, names the file, and writes nothing", async () => {
    writeFileSync(join(copy, "manifest.json"), readFileSync(join(copy, "manifest.json")).subarray(0, 5000));
    const report = await world.run(localFiles(copy));
    expect([report.outcome, report.exitCode]).toEqual(["failed", 1]);
    expect(report.failures[0]).toMatchObject({ name: join(copy, "manifest.json") });
    expect(report.failures[0]?.error).toContain("it is cut");
    expect(report.scopes.find(({ name }) => name === `dbt/${copy}`)).toMatchObject({ state: "failed" });
    expect(await tables()).toEqual([]);
  });

  test("run results that are cut make the run incomplete, and the rest is brought", async () => {
    for (const name of readdirSync(copy)) if (name.startsWith("run_results")) rmSync(join(copy, name));
    writeFileSync(join(copy, "run_results.run.json"), "{");
    const report = await world.run(localFiles(copy));
    expect([report.outcome, report.exitCode]).toEqual(["incomplete", 3]);
    expect(report.reasons.join()).toContain("run_results.run.json");
    expect(await tables()).toContain("wh.bakery.main.sales_by_day");
    expect((await table("wh.bakery.main.burnt")).tags.map(({ tagFQN }) => tagFQN)).not.toContain(
      "dbtProperties.not_built",
    );
  });
});
