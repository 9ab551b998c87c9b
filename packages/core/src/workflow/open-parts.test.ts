import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { z } from "zod";
import { ConfigError, loadConfigFile, parseConfig } from "../config/index.ts";
import type { ConfigSchemas, SourceClass } from "../contracts/index.ts";
import { OmdError } from "../errors.ts";
import type { CatalogOpener, Registry } from "../registry/index.ts";
import { MetadataWorkflow } from "./metadata-workflow.ts";
import { openPartsOf, type PartKnowers } from "./open-parts.ts";

const folder = mkdtempSync(join(tmpdir(), "omd-open-parts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schemas: ConfigSchemas = {
  connection: z.strictObject({ type: z.literal("Shop"), hostPort: z.url(), runs: z.int().default(1) }),
  options: z.strictObject({ type: z.string().optional(), includeTags: z.boolean().optional(), project: z.string() }),
};
const create: SourceClass["create"] = () => {
  throw new Error("nothing is to be made of a config that is wrong");
};

function registry(configSchemas?: ConfigSchemas): Pick<Registry, "resolve"> {
  return {
    resolve: ({ type, connection }) =>
      type === "shop" || connection["sourcePythonClass"] === "shop.Shop"
        ? Promise.resolve({
            sourceClass: { configSchemas, create },
            serviceKind: "pipelineService",
            serviceType: "Shop",
            workflow: "metadata",
          })
        : Promise.reject(new OmdError("OMD_CONNECTOR_NOT_FOUND", `no connector ${type}`, { hint: "install it" })),
  };
}

const opener: CatalogOpener = Object.assign(() => Promise.reject(new Error("the catalog is not to be opened")), {
  serverSchema: z.strictObject({ hostPort: z.string() }),
});

async function refusal(text: string, knowers: PartKnowers = {}): Promise<ConfigError> {
  writeFileSync(join(folder, "a.yaml"), text);
  const openParts = openPartsOf({ registry: registry(schemas), catalog: () => Promise.resolve(opener), ...knowers });
  const error: unknown = await loadConfigFile(join(folder, "a.yaml"), { openParts, env: {} }).catch((e: unknown) => e);
  if (error instanceof ConfigError) return error;
  throw new Error("the config was accepted", { cause: error });
}

async function complaints(text: string, knowers?: PartKnowers): Promise<string[]> {
  return (await refusal(text, knowers)).message.replaceAll(`${folder}/`, "").split("\n");
}

const full = `source:
  type: shop
  serviceNam: s
  serviceConnection:
    config:
      type: Shop
      hostPrt: \${SHOP_URL}
      runs: many
  sourceConfig:
    config:
      includeTag: true
      project: 7
sink: {type: metadata-rest, config: {bulk_size: 3}}
workflowConfig:
  loggerLevel: INFOO
  openMetadataServerConfig: {hostPort: 3, verify: no}
omd:
  http: {retries: -1, caFile: /nowhere/ca.pem, certFile: /nowhere/c.pem}
  processors:
    - {type: filtr}
    - {type: add-tags, tags: [A]}
`;

test("mistakes of all parts come at once, from the top down", async () => {
  expect(await complaints(full)).toEqual([
    "a.yaml:1:1 source.serviceName: missing key",
    "a.yaml:3:3 source.serviceNam: unknown key (did you mean serviceName?)",
    "a.yaml:5:5 source.serviceConnection.config.hostPort: missing key",
    "a.yaml:7:16 source.serviceConnection.config.hostPrt: environment variable SHOP_URL is not set; a default is written ${SHOP_URL:-default}",
    "a.yaml:8:13 source.serviceConnection.config.runs: expected a number, got text",
    "a.yaml:11:7 source.sourceConfig.config.includeTag: unknown key (did you mean includeTags?)",
    "a.yaml:12:16 source.sourceConfig.config.project: expected text, got a number",
    "a.yaml:13:38 sink.config.bulk_size: unknown key",
    'a.yaml:15:16 workflowConfig.loggerLevel: must be one of DEBUG, INFO, WARN, ERROR, got "INFOO" (did you mean INFO?)',
    "a.yaml:16:40 workflowConfig.openMetadataServerConfig.hostPort: expected text, got a number",
    "a.yaml:16:43 workflowConfig.openMetadataServerConfig.verify: unknown key",
    "a.yaml:18:9 omd.http: missing key keyFile: a client certificate needs both files",
    "a.yaml:18:19 omd.http.retries: must be at least 0",
    "a.yaml:18:31 omd.http.caFile: /nowhere/ca.pem cannot be read (ENOENT)",
    "a.yaml:18:58 omd.http.certFile: /nowhere/c.pem cannot be read (ENOENT)",
    'a.yaml:20:14 omd.processors[0].type: must be one of filter, add-tags, add-domains, normalize-names, redact, got "filtr" (did you mean filter?)',
    "a.yaml:21:31 omd.processors[1].tags[0]: must be Classification.Tag",
  ]);
});

const source = (type: string, rest = "") =>
  `source:\n  type: ${type}\n  serviceName: s\n  serviceConnection:\n    config: {type: Shop${rest}}\n  sourceConfig: {}\n`;

test("a connector that is not there is told beside the other mistakes; alone it keeps its code", async () => {
  expect(await refusal(source("shp"))).toMatchObject({
    code: "OMD_CONNECTOR_NOT_FOUND",
    hint: "install it",
    message: expect.stringMatching(/a\.yaml:2:9 source\.type: no connector shp$/),
  });
  const both = await refusal(`${source("shp")}snk: {}\n`);
  expect([both.code, both.hint, both.issues.map(({ line }) => line)]).toEqual(["OMD_CONFIG", "install it", [2, 7]]);
});

test("a class that is not there is told at the key that names it", async () => {
  expect(await complaints(source("customPipeline", ", sourcePythonClass: a.B"))).toEqual([
    "a.yaml:5:45 source.serviceConnection.config.sourcePythonClass: no connector customPipeline",
  ]);
});

test("the key that names the class is not held against the connector's schema", async () => {
  const text = source("customPipeline", ", sourcePythonClass: shop.Shop, runs: many").replace(
    "{}",
    "{config: {project: p}}",
  );
  expect(await complaints(text)).toEqual([
    "a.yaml:5:5 source.serviceConnection.config.hostPort: missing key",
    "a.yaml:5:62 source.serviceConnection.config.runs: expected a number, got text",
  ]);
});

test("a class that is not named is told at the nearest key that is there", async () => {
  const text =
    "source:\n  type: customPipeline\n  serviceName: s\n  serviceConnection: {config: {}}\n  sourceConfig: {}\n";
  expect(await complaints(text)).toEqual([
    "a.yaml:4:23 source.serviceConnection.config.sourcePythonClass: no connector customPipeline",
  ]);
});

test("a type whose variable is not set is told once", async () => {
  expect(await complaints(source("${TYPE}"))).toEqual([
    "a.yaml:2:9 source.type: environment variable TYPE is not set; a default is written ${TYPE:-default}",
  ]);
});

test("options that are left out altogether are held to the connector's schema too", async () => {
  expect(await complaints(source("shop", ", hostPort: 'http://a'"))).toEqual([
    "a.yaml:6:3 source.sourceConfig.config.project: missing key",
  ]);
});

test("what the schema of the file refuses is not held to the connector's", async () => {
  const text = "source:\n  type: shop\n  serviceName: s\n  serviceConnection: {config: 3}\n  sourceConfig: [1]\n";
  expect(await complaints(text)).toEqual([
    "a.yaml:4:31 source.serviceConnection.config: expected a map, got a number",
    "a.yaml:5:17 source.sourceConfig: expected a map, got a list",
  ]);
});

test("a schema that is no zod's gives its own words", async () => {
  const connection = { safeParse: () => ({ success: false as const, error: new Error("I want a shop") }) };
  expect(await complaints(source("shop"), { registry: registry({ connection }) })).toEqual([
    "a.yaml:5:13 source.serviceConnection.config: I want a shop",
  ]);
});

test("a connector that tells no schemas leaves its part open", async () => {
  const openParts = openPartsOf({ registry: registry() });
  writeFileSync(join(folder, "a.yaml"), source("shop"));
  await expect(loadConfigFile(join(folder, "a.yaml"), { openParts })).resolves.toMatchObject({
    source: { type: "shop" },
  });
});

test("a workflow takes neither an object nor a checked config with mistakes in the open parts", async () => {
  const runtime = { registry: registry(schemas) as Registry, openCatalog: opener, omdHome: folder };
  const said = [
    "source.serviceConnection.config.hostPort: missing key",
    "source.sourceConfig.config.project: missing key",
    "workflowConfig.openMetadataServerConfig.hostPort: missing key",
  ];
  const server = { openMetadataServerConfig: {} };
  const object = {
    source: {
      type: "shop",
      serviceName: "s",
      serviceConnection: { config: { type: "Shop" } },
      sourceConfig: { config: {} },
    },
    workflowConfig: server,
  };
  const lines = async (config: object): Promise<string[]> => {
    const error: unknown = await MetadataWorkflow.create(config, runtime).catch((e: unknown) => e);
    return error instanceof ConfigError ? error.message.split("\n") : [];
  };
  expect(await lines(object)).toEqual(said.map((text) => `config ${text}`));
  expect((await lines(parseConfig(JSON.stringify(object)))).map((line) => line.replace(/^\S+ /, ""))).toEqual(said);
});
