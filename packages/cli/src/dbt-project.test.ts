import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { dbtProjectWorkflow, type DbtProjectOptions } from "./dbt-project.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "omd-dbt-"));
  mkdirSync(join(directory, "target"));
  writeFileSync(join(directory, "target", "manifest.json"), "{}");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function workflow(lines: readonly string[], options: DbtProjectOptions = {}) {
  writeFileSync(join(directory, "dbt_project.yml"), ["name: shop", ...lines].join("\n"));
  return dbtProjectWorkflow(directory, { env: {}, ...options });
}

describe("a project without variables", () => {
  test("goes into the embedded catalog, below a service that is called like it", async () => {
    const config = await workflow([]);
    expect(config.source).toMatchObject({ type: "dbt", serviceName: "shop" });
    expect(config.source.sourceConfig.config).toMatchObject({
      type: "DBT",
      dbtConfigSource: { dbtConfigType: "local", dbtManifestFilePath: join(directory, "target") },
      dbtUpdateDescriptions: true,
      dbtUpdateOwners: true,
      includeTags: true,
      searchAcrossDatabases: false,
    });
    expect(config.workflowConfig.openMetadataServerConfig).toBeUndefined();
  });

  test("needs a manifest", async () => {
    rmSync(join(directory, "target", "manifest.json"));
    await expect(workflow([])).rejects.toMatchObject({
      code: "OMD_CONFIG",
      message: `no manifest.json in ${join(directory, "target")}`,
    });
  });

  test.each([
    ["dbt_project.yml", ["target-path: out"], {}],
    ["the caller", ["target-path: elsewhere"], { targetPath: "out" }],
    ["a variable", [`target-path: "{{ env_var('DBT_OUT') }}"`], { env: { DBT_OUT: "out" } }],
  ])("its artifacts lie where %s says", async (_who, lines, options) => {
    mkdirSync(join(directory, "out"));
    writeFileSync(join(directory, "out", "manifest.json.gz"), "");
    const config = await workflow(lines, options);
    expect(config.source.sourceConfig.config).toMatchObject({
      dbtConfigSource: { dbtManifestFilePath: join(directory, "out") },
    });
  });
});

describe("variables", () => {
  const server = [
    "vars:",
    "  other: 1",
    "  openmetadata_host_port: http://om.example:8585/api",
    `  openmetadata_jwt_token: "{{ env_var('OM_TOKEN') }}"`,
    "  openmetadata_service_name: ${SERVICE}",
  ];

  test("name the server; a token from .env is a secret", async () => {
    writeFileSync(join(directory, ".env"), "OM_TOKEN=from-dot-env\nSERVICE=not this\n");
    const config = await workflow(server, { env: { SERVICE: "warehouse" } });
    expect(config.source.serviceName).toBe("warehouse");
    expect(config.workflowConfig.openMetadataServerConfig).toMatchObject({
      hostPort: "http://om.example:8585/api",
      securityConfig: { jwtToken: "from-dot-env" },
    });
    expect(config.origin.secretTexts()).toContain("from-dot-env");
  });

  test("of the project win over those of all, and text may say yes or no", async () => {
    const config = await workflow([
      "vars:",
      "  openmetadata_include_tags: true",
      "  openmetadata_dbt_classification_name: Models",
      "  openmetadata_table_filter_pattern: {excludes: ['^tmp_']}",
      "  shop:",
      `    openmetadata_include_tags: "{{ env_var('TAGS', 'false') }}"`,
    ]);
    expect(config.source.sourceConfig.config).toMatchObject({
      includeTags: false,
      dbtClassificationName: "Models",
      tableFilterPattern: { excludes: ["^tmp_"] },
    });
  });

  test.each([
    ["one that is not set", server, /dbt_project\.yml:5:\d+ vars\.openmetadata_jwt_token: .*OM_TOKEN is not set/],
    [
      "${…} that is not set",
      [...server.slice(0, 3), server[4] ?? ""],
      /:5:\d+ vars\.openmetadata_service_name: .*SERVICE is/,
    ],
    [
      "an unknown one",
      ["vars:", "  openmetadata_servicename: x"],
      /:3:3 vars\.openmetadata_servicename: .*did you mean openmetadata_service_name/,
    ],
    ["of a wrong kind", ["vars:", "  openmetadata_include_tags: maybe"], /:3:\d+ vars\.openmetadata_include_tags/],
    ["other Jinja", ["vars:", `  openmetadata_service_name: "{{ target.name }}"`], /:3:\d+ .*only \{\{ env_var/],
    ["a server without a service", server.slice(0, 3), /vars\.openmetadata_service_name: missing/],
    ["a token without a server", ["vars:", "  openmetadata_jwt_token: x"], /vars\.openmetadata_host_port: missing/],
    ["broken YAML", ["vars: [", "a: b"], /dbt_project\.yml:\d+:\d+: is not valid YAML/],
  ])("refuses %s, with its place", async (_what, lines, message) => {
    await expect(workflow(lines)).rejects.toThrow(message);
  });

  test("never quotes a secret", async () => {
    const wrong = workflow(["vars:", "  openmetadata_jwt_token: [hunter2secret]"]);
    await expect(wrong).rejects.toThrow(/openmetadata_jwt_token/);
    await expect(wrong).rejects.not.toThrow(/hunter2secret/);
  });
});

test("a directory that is no project says so", async () => {
  await expect(dbtProjectWorkflow(join(directory, "nowhere"), { env: {} })).rejects.toMatchObject({
    code: "OMD_CONFIG",
    hint: expect.stringContaining("-c"),
  });
});
