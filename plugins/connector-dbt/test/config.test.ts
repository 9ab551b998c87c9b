import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { configSchema, optionsTables } from "../scripts/generated.ts";
import * as connector from "../src/index.ts";
import { dbtConfigSource, dbtOptions } from "../src/index.ts";

const s3 = {
  dbtConfigType: "s3",
  dbtSecurityConfig: { awsAccessKeyId: "AK", awsSecretAccessKey: "hidden", awsRegion: "eu-west-1" },
  dbtPrefixConfig: { dbtBucketName: "b", dbtObjectPrefix: "p/" },
};

function problems(value: unknown): string {
  const parsed = dbtConfigSource.safeParse(value);
  return parsed.success ? "" : z.prettifyError(parsed.error);
}

test("defaults are those of OpenMetadata's dbt workflow", () => {
  const { dbtConfigSource: source, ...rest } = dbtOptions.parse({
    dbtConfigSource: { dbtConfigType: "local", dbtManifestFilePath: "target/manifest.json" },
    schemaFilterPattern: null,
    dbtUpdateOwners: null,
    dbtClassificationName: "",
  });
  expect(source).toMatchObject({ dbtManifestFilePath: "target/manifest.json", dbtRunResultsFilePath: [] });
  expect(rest).toMatchObject({
    type: "DBT",
    searchAcrossDatabases: false,
    dbtUpdateDescriptions: false,
    dbtUpdateOwners: false,
    includeTags: true,
    overrideLineage: false,
    dbtClassificationName: "dbtTags",
    dbtWarningsAs: "Failed",
    parsingTimeoutLimit: 300,
  });
});

test.each([
  { dbtConfigType: "local", dbtManifestFilePath: "m.json", dbtCatalogFilePath: "", dbtRunResultsFilePath: null },
  { dbtConfigType: "local", dbtManifestFilePath: "m.json", dbtRunResultsFilePath: ["a", "b"] },
  {
    dbtConfigType: "http",
    dbtManifestHttpPath: "https://x.example/m.json",
    dbtRunResultsHttpPath: "https://x.example/r",
  },
  {
    dbtConfigType: "cloud",
    dbtCloudAuthToken: "t",
    dbtCloudAccountId: "1",
    dbtCloudJobId: 42,
    dbtCloudUrl: "https://cloud.getdbt.com",
  },
  s3,
  {
    dbtConfigType: "gcs",
    dbtSecurityConfig: { gcpConfig: { type: "gcp_adc" } },
    dbtPrefixConfig: { dbtBucketName: "b" },
  },
  {
    dbtConfigType: "gcs",
    dbtSecurityConfig: { gcpConfig: { privateKey: "k", clientEmail: "e", projectId: ["p"] } },
    dbtPrefixConfig: { dbtBucketName: "b" },
  },
  {
    dbtConfigType: "azure",
    dbtSecurityConfig: { clientId: "c", clientSecret: "s", tenantId: "t", accountName: "a" },
    dbtPrefixConfig: { dbtBucketName: "b" },
  },
  {
    dbtConfigType: "azure",
    dbtSecurityConfig: { accountName: "a", clientId: "", clientSecret: null },
    dbtPrefixConfig: { dbtBucketName: "b" },
  },
])("is accepted: %j", (config) => {
  expect(problems(config)).toBe("");
});

test("paths may be written as addresses of files", () => {
  const given = {
    dbtConfigType: "local",
    dbtManifestFilePath: "file:///srv/dbt%20runs/manifest.json",
    dbtCatalogFilePath: "file:///srv/catalog.json.gz",
    dbtRunResultsFilePath: ["file:///srv/run_results.json", "target/run_results.json"],
    dbtSourcesFilePath: "",
  };
  expect(dbtConfigSource.parse(given)).toEqual({
    dbtConfigType: "local",
    dbtManifestFilePath: "/srv/dbt runs/manifest.json",
    dbtCatalogFilePath: "/srv/catalog.json.gz",
    dbtRunResultsFilePath: ["/srv/run_results.json", "target/run_results.json"],
    dbtSourcesFilePath: undefined,
  });
});

describe("refused", () => {
  test.each([
    [
      "a file of another machine",
      { dbtConfigType: "local", dbtManifestFilePath: "file://server/m.json" },
      "no file of this machine",
    ],
    ["no kind", { dbtManifestFilePath: "m.json" }, "dbtConfigType"],
    ["no manifest", { dbtConfigType: "local" }, "dbtManifestFilePath"],
    ["an unknown key", { dbtConfigType: "local", dbtManifestFilePath: "m", dbtManifestPath: "x" }, "dbtManifestPath"],
    ["no URL", { dbtConfigType: "http", dbtManifestHttpPath: "m.json" }, "dbtManifestHttpPath"],
    ["no bucket", { ...s3, dbtPrefixConfig: { dbtObjectPrefix: "p" } }, "name the bucket"],
    ["no bucket at all", { ...s3, dbtPrefixConfig: undefined }, "name the bucket"],
    ["no region", { ...s3, dbtSecurityConfig: {} }, "awsRegion"],
    [
      "half a service principal",
      {
        dbtConfigType: "azure",
        dbtSecurityConfig: { accountName: "a", clientId: "c" },
        dbtPrefixConfig: { dbtBucketName: "b" },
      },
      "or sasToken",
    ],
  ])("%s", (_, config, message) => {
    expect(problems(config)).toContain(message);
  });
});

test("secrets print as a mask and are marked in the schema", () => {
  const parsed = dbtConfigSource.parse(s3);
  expect(JSON.stringify(parsed)).not.toContain("hidden");
  const schema = JSON.stringify(z.toJSONSchema(dbtConfigSource, { io: "input", unrepresentable: "any" }));
  for (const key of ["awsSecretAccessKey", "awsSessionToken", "privateKey", "clientSecret", "accountKey", "sasToken"])
    expect(schema).toMatch(new RegExp(`"${key}":\\{[^}]*"secret":true`, "u"));
  expect(schema).toMatch(/"dbtCloudAuthToken":\{[^}]*"secret":true/u);
});

describe("the package", () => {
  const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

  test("the written schema and the tables of options are those of the code", () => {
    expect(JSON.parse(read("config-schema.json"))).toEqual(JSON.parse(configSchema()));
    const cells = (text: string) => text.replaceAll(/[ \n-]+/gu, " ");
    expect(cells(read("README.md"))).toContain(cells(optionsTables()));
  });

  test("every option is described", () => {
    const rows = optionsTables()
      .split("\n")
      .filter((row) => row.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((row) => /\| +\|$/u.test(row))).toEqual([]);
  });

  test("what the manifest names is there", () => {
    const { omd, oclif, files } = JSON.parse(read("package.json")) as {
      omd: { contract: number; sources: { export: string; configSchema: string; classNames: string[] }[] };
      oclif: unknown;
      files: string[];
    };
    const [source] = omd.sources;
    expect(connector).toHaveProperty(source?.export ?? "");
    expect(files).toContain(source?.configSchema.slice(2));
    expect(source?.classNames).toContain("metadata.ingestion.source.database.dbt.metadata.DbtSource");
    expect([omd.contract, oclif]).toEqual([1, {}]);
  });
});
