import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { isOmdError } from "../errors.ts";
import { ConfigError, pathText } from "./config-error.ts";
import { configFromObject, loadConfigFile, parseConfig, type ParseOptions } from "./load-config.ts";
import { workflowConfigJsonSchema } from "./workflow-schema.ts";

const good = `source:
  type: airflow
  serviceName: af
  serviceConnection:
    config:
      type: Airflow
      hostPort: \${AIRFLOW_URL:-http://localhost:8080}
      numberOfStatus: \${RUNS}
      connection:
        type: RestAPI
        authConfig: {username: "\${RUNS}", password: \${PW}}
  sourceConfig: {config: {type: PipelineMetadata}}
sink: {type: metadata-rest, config: {}}
`;
const env = { RUNS: "10", PW: "0123" };

function complaints(text: string, options: ParseOptions = {}): string[] {
  const error = thrown(() => parseConfig(text, { fileName: "a.yaml", env, ...options }));
  return error.message.split("\n");
}

function thrown(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a good config", () => {
  test("is expanded after parsing, typed as YAML types it, passwords always text", () => {
    const connection = parseConfig(good, { env }).source.serviceConnection?.config;
    expect(connection).toMatchObject({
      hostPort: "http://localhost:8080",
      numberOfStatus: 10,
      connection: { authConfig: { username: "10", password: "0123" } },
    });
  });

  test("gets all defaults", () => {
    const config = parseConfig(good, { env });
    expect(config.workflowConfig).toEqual({ loggerLevel: "INFO", raiseOnError: true, successThreshold: 90 });
    expect(config.omd).toEqual({
      deletes: { maxShare: 0.25, maxCount: 10 },
      createMissingOwners: true,
      allowPartial: false,
      http: { timeoutSeconds: 60, deadlineSeconds: 300, maxConcurrency: 32, retries: 5 },
      processors: [],
    });
    expect(config.enableStreamableLogs).toBe(false);
  });

  test("creates no owners on a server unless told so", () => {
    const server = `${good}workflowConfig: {openMetadataServerConfig: {hostPort: "http://om/api", authProvider: openmetadata}}\n`;
    expect(parseConfig(server, { env }).omd.createMissingOwners).toBe(false);
    expect(parseConfig(server.replace("http://om/api", "embedded"), { env }).omd.createMissingOwners).toBe(true);
    expect(parseConfig(`${server}omd: {createMissingOwners: true}\n`, { env }).omd.createMissingOwners).toBe(true);
  });

  test("has threshold 80 for profiler workflows, as OpenMetadata has, and the written one where there is one", () => {
    const profiler = good.replace("PipelineMetadata", "Profiler");
    expect(parseConfig(profiler, { env }).workflowConfig.successThreshold).toBe(80);
    const written = `${profiler}workflowConfig: {successThreshold: 95}\n`;
    expect(parseConfig(written, { env }).workflowConfig.successThreshold).toBe(95);
  });

  test("may be JSON, with tabs", () => {
    const json = JSON.stringify({ source: { type: "x", serviceName: "s", sourceConfig: {} } }, null, "\t");
    expect(parseConfig(json, { fileName: "a.json" }).source).toEqual({
      type: "x",
      serviceName: "s",
      sourceConfig: { config: {} },
    });
  });

  test("may use anchors, merge keys, words for booleans, comments with variables and keys without a value", () => {
    const config = parseConfig(
      `# \${NOT_SET}
source:
  <<: &base {type: airflow, serviceName: s}
  serviceConnection:
  sourceConfig: {config: }
workflowConfig: {raiseOnError: no, loggerLevel: DEBUG, config: }
ingestionPipelineFQN: "no"
`,
      { env: {} },
    );
    expect(config.source).toEqual({ type: "airflow", serviceName: "s", sourceConfig: { config: {} } });
    expect(config.workflowConfig.raiseOnError).toBe(false);
    expect(config.ingestionPipelineFQN).toBe("no");
  });

  test("may have variables with defaults unquoted inside flow maps and lists, and in keys", () => {
    const text = good.replace(
      "numberOfStatus: ${RUNS}",
      "list: [${A:-a{b,c[d}, x${PW}, 2]\n      map: {${RUNS}: ${RUNS}}",
    );
    expect(parseConfig(text, { env }).source.serviceConnection?.config).toMatchObject({
      list: ["a{b,c[d", "x0123", 2],
    });
  });

  test("keeps keys as they are written", () => {
    const text = good.replace("numberOfStatus: ${RUNS}", "options: {on: 1, 0x10: 2, null: 3}");
    expect(parseConfig(text, { env }).source.serviceConnection?.config["options"]).toEqual({
      on: 1,
      "0x10": 2,
      null: 3,
    });
  });

  test("takes overrides before it is checked", () => {
    const overrides = { "workflowConfig.loggerLevel": "DEBUG", "omd.deletes.maxCount": 0 };
    const config = parseConfig(good, { env, overrides });
    expect([config.workflowConfig.loggerLevel, config.omd.deletes.maxCount]).toEqual(["DEBUG", 0]);
    expect(complaints(good, { overrides: { "workflowConfig.logerLevel": "DEBUG" } })).toEqual([
      expect.stringContaining("workflowConfig.logerLevel: unknown key (did you mean loggerLevel?)"),
    ]);
  });

  test("survives values with YAML's own signs", () => {
    const config = parseConfig(good, { env: { RUNS: "1", PW: "a: [b # c" } });
    expect(config.source.serviceConnection?.config).toMatchObject({
      connection: { authConfig: { password: "a: [b # c" } },
    });
  });
});

describe("a bad config", () => {
  test("is told all at once, with lines, columns and suggestions", () => {
    const text = `source:
  typ: airflow
  serviceName: 12
  sourceConfig: {config: []}
workflowConfig:
  loggerLevel: debug
  successThreshold: 101
  raiseOnError: "yes"
omd: {deletes: {maxShare: 2}, procesors: []}
`;
    expect(complaints(text)).toEqual([
      "a.yaml:1:1 source.type: missing key",
      "a.yaml:2:3 source.typ: unknown key (did you mean type?)",
      "a.yaml:3:16 source.serviceName: expected text, got a number",
      "a.yaml:4:26 source.sourceConfig.config: expected a map, got a list",
      'a.yaml:6:16 workflowConfig.loggerLevel: must be one of DEBUG, INFO, WARN, ERROR, got "debug" (did you mean DEBUG?)',
      "a.yaml:7:21 workflowConfig.successThreshold: must be at most 100",
      "a.yaml:8:17 workflowConfig.raiseOnError: expected true or false, got text",
      "a.yaml:9:27 omd.deletes.maxShare: must be at most 1",
      "a.yaml:9:31 omd.procesors: unknown key (did you mean processors?)",
    ]);
  });

  test("a client certificate needs both files", () => {
    expect(complaints(`${good}omd: {http: {certFile: c.pem}}\n`)).toEqual([
      "a.yaml:14:13 omd.http: missing key keyFile: a client certificate needs both files",
    ]);
    expect(complaints(`${good}omd: {http: {keyFile: c.key}}\n`).join()).toContain("missing key certFile");
    expect(parseConfig(`${good}omd: {http: {certFile: c, keyFile: k}}\n`, { env }).omd.http.keyFile).toBe("k");
  });

  test("a wrong processor has its place too", () => {
    const text = `${good}omd:\n  processors:\n    - {type: filter, entityType: tabel}\n    - {type: filtr}\n    - type: add-tags\n      tag: [A.b]\n`;
    expect(complaints(text)).toEqual([
      expect.stringMatching(
        /^a\.yaml:16:34 omd\.processors\[0\]\.entityType: must be one of .* \(did you mean table\?\)$/,
      ),
      'a.yaml:17:14 omd.processors[1].type: must be one of filter, add-tags, add-domains, normalize-names, redact, got "filtr" (did you mean filter?)',
      "a.yaml:18:7 omd.processors[2].tags: missing key",
      "a.yaml:19:7 omd.processors[2].tag: unknown key (did you mean tags?)",
    ]);
  });

  test("has issues that programs can read", () => {
    const error = thrown(() => parseConfig("sink: {type: metadata-rest}\n", { fileName: "a.yaml" }));
    expect(isOmdError(error) && error.code).toBe("OMD_CONFIG");
    expect(error.issues).toEqual([{ file: "a.yaml", line: 1, column: 1, path: ["source"], message: "missing key" }]);
  });

  test.each([
    ["", "a.yaml:1:1: the file is empty"],
    ["# nothing\n", "a.yaml:1:1: the file is empty"],
    ["~\n", "a.yaml:1:1: the file is empty"],
    ["- a\n", "a.yaml:1:1: must be a map of keys, such as `source:`"],
    ["text\n", "a.yaml:1:1: must be a map of keys, such as `source:`"],
    ["source:\n\ttype: x\n", "a.yaml:2:1: a tab is used for indentation: use spaces"],
    ["sink:\n  type: a\n  type: b\n", "a.yaml:3:3: duplicate key type"],
    ["a: 1\n---\nb: 2\n", "a.yaml:2:1: the file holds more than one document (`---`)"],
    ['a: "x\n', 'a.yaml:2:1: is not valid YAML: Missing closing "quote'],
  ])("%j: %s", (text, message) => {
    expect(complaints(text)).toEqual([message]);
  });

  test("an unquoted template in double braces is refused without showing it", () => {
    expect(complaints(good.replace("serviceName: af", "serviceName: {{ hunter2 }}"))).toEqual([
      "a.yaml:3:17 source.serviceName: a key must be text: put quotes around a text that starts with { or [",
    ]);
  });

  test("values that hold themselves end", () => {
    expect(complaints("source: &a {sourceConfig: *a}\n")).toHaveLength(1);
    expect(
      complaints("a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]\n")[0],
    ).toContain("alias");
  });

  test("an alias without its anchor is an error", () => {
    expect(complaints("source: *nope\n")).toEqual([expect.stringContaining("nope")]);
  });

  test.each([
    ["", "a.json:1:1: the file is empty"],
    ['{"source": {"type": "x"\n', "a.json:2:1: is not valid JSON: Expected ',' or '}' after property value"],
    ["source: x\n", "a.json: is not valid JSON: Unexpected token 's'"],
  ])("JSON %j: %s", (text, message) => {
    expect(complaints(text, { fileName: "a.json" })).toEqual([message]);
  });

  test("a variable that is not set is named with its key, line and column, once", () => {
    const text = good.replace("serviceName: af", "serviceName: ${SERVICE}");
    expect(complaints(text, { env: { RUNS: "1" } })).toEqual([
      "a.yaml:3:16 source.serviceName: environment variable SERVICE is not set; a default is written ${SERVICE:-default}",
      "a.yaml:11:53 source.serviceConnection.config.connection.authConfig.password: environment variable PW is not set; a default is written ${PW:-default}",
    ]);
  });

  test("a key's variable must be set too", () => {
    expect(complaints(good.replace("numberOfStatus:", "${NOPE}:"))).toEqual([
      "a.yaml:8:7 source.serviceConnection.config.${NOPE}: environment variable NOPE is not set; a default is written ${NOPE:-default}",
    ]);
  });

  test("a secret that cannot be fetched is an error, not the reference", () => {
    expect(complaints(good.replace("${PW}", "secret:/om/airflow/pw"))).toEqual([
      "a.yaml:11:53 source.serviceConnection.config.connection.authConfig.password: unknown secret reference: supported are secret:env:NAME and secret:file:/path",
    ]);
  });

  test("a file that is not there, and one that is a directory", async () => {
    await expect(loadConfigFile("/no/such.yaml")).rejects.toThrow("/no/such.yaml: file not found");
    await expect(loadConfigFile(tmpdir())).rejects.toThrow("is a directory, not a file");
    await expect(loadConfigFile("")).rejects.toThrow('"": file not found');
  });
});

describe("a config made by a program", () => {
  const source = { type: "x", serviceName: "s", sourceConfig: {} };
  test("keeps its dollars, resolves its references, has no lines", () => {
    const connection = { config: { a: "pa$$${X}", b: "secret:env:PW", when: new Date(0), gone: undefined } };
    const config = configFromObject({ source: { ...source, serviceConnection: connection } }, { env });
    expect(config.source.serviceConnection?.config).toEqual({ a: "pa$$${X}", b: "0123", when: new Date(0) });
    expect(thrown(() => configFromObject({ source, snik: {} })).message).toBe(
      "config snik: unknown key (did you mean sink?)",
    );
    expect(thrown(() => configFromObject("x")).message).toContain("expected a map, got text");
  });
});

test("a file is read, its errors name the path as given", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "omd-config-")), "a.yml");
  writeFileSync(path, `\uFEFF${good}`);
  expect((await loadConfigFile(path, { env })).source.type).toBe("airflow");
  writeFileSync(path, "sauce: 1\n");
  await expect(loadConfigFile(path)).rejects.toThrow(`${path}:1:1 sauce: unknown key (did you mean source?)`);
});

test("the JSON Schema describes what is written, not what is made of it", () => {
  const schema = workflowConfigJsonSchema();
  expect(schema).toMatchObject({ additionalProperties: false, required: ["source"] });
  expect(JSON.stringify(schema)).toContain('"maxShare":{"default":0.25,"description":');
});

test("paths quote keys that need it", () => {
  expect(pathText(["a", "b.c", 0, "d"])).toBe('a."b.c"[0].d');
});
