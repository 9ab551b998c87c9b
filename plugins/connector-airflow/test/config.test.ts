import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { locateIssues, parseConfig } from "@omd/core";
import * as connector from "../src/index.ts";
import { airflowConnection, pipelineMetadata } from "../src/config.ts";
import { configSchema, optionsTable } from "../scripts/generated.ts";
import { FakeRun, FakeWorld, restConnection, sourceConfig } from "./fake-context.ts";

const host = "http://airflow:8080";
const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

function create(connection: Readonly<Record<string, unknown>>, options?: Readonly<Record<string, unknown>>) {
  return connector.AirflowSource.create(sourceConfig(connection, options), new FakeRun(new FakeWorld()).context);
}

function withMode(connection: Readonly<Record<string, unknown>>) {
  return { type: "Airflow", hostPort: host, connection };
}

/** What is said of a file with this mode; its `connection` begins in line 9. */
function complaint(mode: Readonly<Record<string, unknown>>): string | undefined {
  const config = { source: { type: "airflow", serviceName: "af", serviceConnection: { config: withMode(mode) } } };
  const text = JSON.stringify({ source: { ...config.source, sourceConfig: { config: {} } } }, undefined, 2);
  const parsed = parseConfig(text, { fileName: "a.yaml" });
  const { error } = airflowConnection.safeParse(parsed.source.serviceConnection?.config);
  return locateIssues(parsed, ["source", "serviceConnection", "config"], error, airflowConnection)?.message;
}

describe("the connection", () => {
  test("has the defaults of OpenMetadata's", () => {
    const parsed = airflowConnection.parse({ hostPort: host, connection: { authConfig: { token: "t" } } });
    expect(parsed).toMatchObject({
      type: "Airflow",
      numberOfStatus: 10,
      connection: { type: "RestAPI", apiVersion: "auto", verifySSL: true },
      taskRefresh: "whenChanged",
      taskMaxAgeHours: 24,
    });
    expect(JSON.stringify(parsed)).not.toContain('"t"');
  });

  test("takes the number of runs as text too", () => {
    expect(airflowConnection.parse(restConnection(host, { numberOfStatus: "25" })).numberOfStatus).toBe(25);
    expect(airflowConnection.safeParse(restConnection(host, { numberOfStatus: "many" })).success).toBe(false);
  });

  test.each([
    ["an unknown key", restConnection(host, { numberOfStatuses: 3 })],
    ["no hostPort", { connection: { authConfig: { token: "t" } } }],
    ["a hostPort that is no address", restConnection("airflow:8080")],
    ["a password without a user", withMode({ type: "RestAPI", authConfig: { password: "p" } })],
    ["an unknown mode", withMode({ type: "Oracle" })],
    ["an unknown version", withMode({ type: "RestAPI", authConfig: { token: "t" }, apiVersion: "v3" })],
  ])("refuses %s", (_what, connection) => {
    expect(() => create(connection)).toThrow();
  });

  test("a filter that is no regular expression is refused at its place", () => {
    const broken = pipelineMetadata.safeParse({ pipelineFilterPattern: { includes: ["a.*", "(abc"] } });
    expect(broken.error?.issues).toEqual([
      expect.objectContaining({
        path: ["pipelineFilterPattern", "includes", 1],
        message: expect.stringContaining('Invalid filter pattern "(abc"'),
      }),
    ]);
  });

  test.each(["Backend", "Mysql", "Postgres", "SQLite"])("says what to do in place of %s", (type) => {
    expect(complaint({ type, username: "u", hostPort: "db:3306" })).toBe(
      `a.yaml:10:19 source.serviceConnection.config.connection.type: ${type} is not supported, Airflow's database is not read: use type RestAPI with authConfig`,
    );
  });

  test.each([
    ["credentials", "a login with a Google service account", { credentials: { gcpConfig: {} } }],
    ["mwaaConfig", "a login to Amazon MWAA", { mwaaConfig: { mwaaEnvironmentName: "e", awsConfig: {} } }],
  ])("names the key %s of a login that is not supported, and its place", (key, what, authConfig) => {
    expect(complaint({ type: "RestAPI", authConfig })).toMatch(
      `a.yaml:12:${key.length + 17} source.serviceConnection.config.connection.authConfig.${key}: ${what} is not supported yet: use \`username\` and \`password\`, or \`token\``,
    );
  });
});

describe("the options", () => {
  test("have the defaults of OpenMetadata's", () => {
    expect(pipelineMetadata.parse({})).toEqual({
      type: "PipelineMetadata",
      includeLineage: true,
      includeOwners: true,
      overrideLineage: false,
      markDeletedPipelines: true,
      includeTags: true,
      includeUnDeployedPipelines: true,
      statusLookbackDays: 1,
      overrideMetadata: false,
      ownershipUpdateMode: "replace",
    });
  });

  test("take the keys of OpenMetadata 2.0", () => {
    const given = { ownershipUpdateMode: "append", lineageInformation: { messagingServiceNames: ["kafka"] } };
    expect(pipelineMetadata.parse(given)).toMatchObject({
      ownershipUpdateMode: "append",
      lineageInformation: { dbServiceNames: [], storageServiceNames: [], messagingServiceNames: ["kafka"] },
    });
    expect(pipelineMetadata.safeParse({ ownershipUpdateMode: "merge" }).success).toBe(false);
  });

  test("refuse an unknown key by name", () => {
    expect(() => create(restConnection(host), { includeTag: true })).toThrow(/includeTag/u);
  });
});

describe("the package", () => {
  test("the written schema and the table of options are those of the code", () => {
    expect(JSON.parse(read("config-schema.json"))).toEqual(JSON.parse(configSchema()));
    const cells = (text: string) => text.replaceAll(/[ -]+/gu, " ");
    expect(cells(read("README.md"))).toContain(cells(optionsTable()));
  });

  test("every option is described", () => {
    const rows = optionsTable().trim().split("\n").slice(2);
    expect(rows.filter((row) => /\| +\|$/u.test(row) && !row.includes(".config`"))).toEqual([]);
  });

  test("what the manifest names is there", () => {
    const { omd, oclif, files } = JSON.parse(read("package.json")) as {
      omd: { contract: number; sources: { export: string; configSchema: string }[] };
      oclif: unknown;
      files: string[];
    };
    const [source] = omd.sources;
    expect(connector).toHaveProperty(source?.export ?? "");
    expect(files).toContain(source?.configSchema.slice(2));
    expect([omd.contract, oclif]).toEqual([1, {}]);
  });
});
