import { createServer } from "node:http";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseConfig, type Report } from "@omd/core";
import { parseFqn, type EntityType } from "@omd/schema";
import { fixturePath } from "./bytes.ts";
import { DbtWorld, localFiles } from "./dbt-world.ts";
import { smallManifest } from "./small-manifest.ts";

let world: DbtWorld;
let copy: string;
beforeEach(async () => {
  world = await DbtWorld.open();
  copy = mkdtempSync(join(tmpdir(), "omd-dbt-copy-"));
  cpSync(fixturePath("1.11.16", ""), copy, { recursive: true });
});
afterEach(async () => {
  rmSync(copy, { recursive: true, force: true });
  await world.close();
});

const writes = ({ writes: { created, updated, restored, deleted } }: Report) => [created, updated, restored, deleted];

async function names(type: EntityType): Promise<string[]> {
  const found: string[] = [];
  for await (const one of world.catalog.list(type)) found.push(one.fullyQualifiedName);
  return found.toSorted();
}

/** All that a run could take away. */
const standing = async () => [await names("table"), await names("testCase"), await names("metric")];

const whole = readFileSync(fixturePath("1.11.16", "manifest.json"));
const head = '{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}, "nodes": {';

describe("a manifest that cannot be read after one that could", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["is cut", whole.subarray(0, 20_000), "it is cut"],
    ["is empty", "", "it is empty"],
    ["is in another encoding", Buffer.from(whole.toString("latin1").slice(0, 900), "utf16le"), "UTF-16"],
    ["has bytes that are no text", Buffer.concat([Buffer.from(`${head}"a`), Buffer.from([0xff, 0xfe])]), "it is cut"],
    ["has a key twice", `${head}"a": {}, "a": {}}}`, "there twice"],
    ["is nested too deep", `${head}"a": ${"[".repeat(400)}`, "nested deeper"],
    [
      "has a value that is too long",
      `${head}"a": {"raw_code": "${"x".repeat(65 * 1024 * 1024)}"}}}`,
      "a value of more than",
    ],
    [
      "is a semantic_manifest.json",
      readFileSync(fixturePath("1.11.16", "semantic_manifest.json")),
      "semantic_manifest",
    ],
    ["is a run_results.json", readFileSync(fixturePath("1.11.16", "run_results.run.json")), "run"],
  ])("%s: the report names file and reason, and nothing is retired", async (_what, content, words) => {
    expect((await world.run(localFiles(copy))).outcome).toBe("complete");
    const before = await standing();
    const file = join(copy, "manifest.json");
    writeFileSync(file, content);
    const report = await world.run(localFiles(copy));
    expect([report.outcome, report.exitCode, writes(report)]).toEqual(["failed", 1, [0, 0, 0, 0]]);
    expect(report.failures.map(({ name }) => name)).toEqual([file]);
    expect(report.failures[0]?.error).toContain(`${file}: `);
    expect(report.failures[0]?.error).toContain(words);
    expect(report.scopes.find(({ name }) => name === `dbt/${copy}`)?.state).toBe("failed");
    expect(await standing()).toEqual(before);
  });
});

describe("another file that cannot be read", () => {
  test.each(["catalog.json", "sources.json", "run_results.test.json"])(
    "%s: the run is incomplete, the rest is brought, nothing is retired",
    async (name) => {
      expect((await world.run(localFiles(copy))).outcome).toBe("complete");
      const before = await standing();
      writeFileSync(join(copy, name), readFileSync(join(copy, name)).subarray(0, 700));
      const report = await world.run(localFiles(copy));
      expect([report.outcome, report.exitCode]).toEqual(["incomplete", 3]);
      expect(report.reasons.join("\n")).toContain(`${join(copy, name)}: it is cut`);
      expect(await standing()).toEqual(before);
    },
  );

  test.each(["Catalog", "RunResults", "Sources", "SemanticManifest"])(
    "a %s file that is named and not there leaves the run incomplete, with its key",
    async (kind) => {
      const key = `dbt${kind}FilePath`;
      const dbtConfigSource = {
        dbtConfigType: "local",
        dbtManifestFilePath: join(copy, "manifest.json"),
        [key]: join(copy, "no.json"),
      };
      const report = await world.run({ dbtConfigSource });
      expect([report.outcome, report.exitCode]).toEqual(["incomplete", 3]);
      expect(report.reasons.join("\n")).toContain(`${key}: ${join(copy, "no.json")} is not there`);
      expect(await names("table")).not.toEqual([]);
    },
  );

  test("run results of another project are a warning", async () => {
    const file = join(copy, "run_results.test.json");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(".bakery.", ".other."));
    const report = await world.run(localFiles(copy));
    expect(report.outcome).toBe("complete");
    expect(report.warnings.filter(({ name }) => name === file)).toEqual([
      expect.objectContaining({ reason: expect.stringContaining("of another project") }),
    ]);
  });

  test("nothing stays in the directory for temporary files", async () => {
    const spools = () => readdirSync(tmpdir()).filter((name) => /^omd-dbt-.{6}$/u.test(name));
    const before = spools();
    await world.run(localFiles(copy));
    writeFileSync(join(copy, "manifest.json"), whole.subarray(0, 20_000));
    await world.run(localFiles(copy));
    expect(spools()).toEqual(before);
  });
});

describe("mistakes in the configuration", () => {
  const run = (...lines: string[]): Promise<Report> => {
    const text = ["source:", "  type: dbt", "  serviceName: wh", "  sourceConfig:", "    config:", ...lines].join("\n");
    return world.execute(parseConfig(text));
  };
  const local = ["      dbtConfigSource:", "        dbtConfigType: local", "        dbtManifestFilePath: target"];

  test.each<[string, string[], RegExp]>([
    [
      "an unknown key",
      [...local, "      dbtUpdateDescription: true"],
      /config\.yaml:9:7.*dbtUpdateDescription.*did you mean dbtUpdateDescriptions/su,
    ],
    [
      "an unknown key of the place",
      [...local, "        dbtCatalogPath: x"],
      /config\.yaml:9:9.*dbtCatalogPath.*did you mean dbtCatalogFilePath/su,
    ],
    ["a wrong type", [...local, "      createMissingTables: maybe"], /config\.yaml:9:28.*createMissingTables/su],
    ["no place", ["      includeTags: true"], /config\.yaml:.*dbtConfigSource/su],
    [
      "a pattern that is none",
      [...local, "      tableFilterPattern:", '        includes: ["(a"]'],
      /tableFilterPattern.*\(a/su,
    ],
  ])("%s", async (_what, lines, words) => {
    await expect(run(...lines)).rejects.toMatchObject({ code: "OMD_CONFIG", message: expect.stringMatching(words) });
  });

  test("a path that is not there fails before anything is read", async () => {
    const report = await world.run(localFiles("/nonexistent/target"));
    expect([report.outcome, report.exitCode]).toEqual(["failed", 1]);
    expect(report.failures[0]?.error).toContain("/nonexistent/target");
  });
});

test("owners that the run makes are the same ones in the next", async () => {
  const config = {
    source: { type: "dbt", serviceName: "wh", sourceConfig: { config: localFiles(copy) } },
    workflowConfig: { loggerLevel: "ERROR" },
    omd: { createMissingOwners: true },
  };
  await world.execute(config);
  const made = await world.catalog.get("table", parseFqn("wh.bakery.main.sales_by_day"), { fields: ["owners"] });
  expect(made).toMatchObject({ owners: [{ name: "cfo" }, { name: "finance" }] });
  expect(writes(await world.execute(config))).toEqual([0, 0, 0, 0]);
});

describe("parts of a project", () => {
  test("--only brings one schema and takes nothing away", async () => {
    await world.run(localFiles(copy));
    const before = await standing();
    const only = [parseFqn("wh.bakery.main_staging")];
    const report = await world.run(localFiles(copy, { dbtClassificationName: "other" }), { selection: { only } });
    expect(report.exitCode).toBe(0);
    expect(await standing()).toEqual(before);
    const tagged = await world.catalog.get("table", parseFqn("wh.bakery.main_staging.stg_buyers"), {
      fields: ["tags"],
    });
    expect(JSON.stringify(tagged)).toContain("other.people");
  });

  test("--limit makes so many tables", async () => {
    await world.run(localFiles(copy), { selection: { only: [], limit: 2 } });
    expect(await names("table")).toHaveLength(2);
  });

  test("tables that another service has are found when all services are searched", async () => {
    const { catalog } = world;
    await catalog.put("databaseService", { name: "lake", serviceType: "Snowflake" });
    await catalog.put("database", { name: "bakery", service: "lake" });
    await catalog.put("databaseSchema", { name: "main", database: "lake.bakery" });
    await catalog.put("table", { name: "LOYALTY_V1", databaseSchema: "lake.bakery.main", columns: [] });
    const fqn = parseFqn("lake.bakery.main.LOYALTY_V1");
    const model = async () => (await catalog.get("table", fqn, { fields: ["dataModel"] }))?.["dataModel"];
    const off = { createMissingTables: false };
    await world.run(localFiles(copy, off));
    expect(await model()).toBeUndefined();
    await world.run(localFiles(copy, { ...off, searchAcrossDatabases: true }));
    expect(await model()).toMatchObject({ modelType: "DBT" });
  });

  test("without tags none are made", async () => {
    await world.run(localFiles(copy, { includeTags: false }));
    expect((await names("tag")).filter((name) => name.startsWith("dbt"))).toEqual([]);
  });
});

test("a web server that does not have the manifest fails the connection, before anything is read", async () => {
  const server = createServer((_, response) => void response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    const dbtManifestHttpPath = `http://127.0.0.1:${port}/manifest.json`;
    const report = await world.run({ dbtConfigSource: { dbtConfigType: "http", dbtManifestHttpPath } });
    expect(report.outcome).toBe("failed");
    expect(JSON.stringify(report)).toContain("GetArtifacts failed: dbtManifestHttpPath: dbt-artifacts: GET");
  } finally {
    server.close();
  }
});

test("many projects in one run: each directory below the named one is a scope of its own", async () => {
  const root = mkdtempSync(join(copy, "many-"));
  for (const [project, model] of [
    ["shop", "orders"],
    ["bakery", "loaves"],
  ] as const) {
    mkdirSync(join(root, project, "target"), { recursive: true });
    writeFileSync(join(root, project, "target", "manifest.json"), smallManifest(project, [model]));
  }
  const report = await world.run(localFiles(root));
  expect(report.outcome).toBe("complete");
  expect(report.scopes.map(({ name }) => name)).toEqual(
    expect.arrayContaining([`dbt/${root}/bakery/target`, `dbt/${root}/shop/target`]),
  );
  expect(await names("table")).toEqual(["wh.db.main.loaves", "wh.db.main.orders"]);
});
