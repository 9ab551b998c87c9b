import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { parseConfig } from "./load-config.ts";
import { locateIssues } from "./locate-issues.ts";

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

describe("locateIssues", () => {
  const rest = z.strictObject({
    type: z.literal("RestAPI"),
    authConfig: z.strictObject({ username: z.int(), password: z.string() }),
  });
  const mysql = z.strictObject({ type: z.literal("Mysql"), hostPort: z.string(), username: z.string() });
  const schema = z.strictObject({
    type: z.literal("Airflow"),
    hostPort: z.string(),
    numberOfStatus: z.int(),
    verifySSL: z.boolean().optional(),
    connection: z.union([mysql, rest]),
  });
  const prefix = ["source", "serviceConnection", "config"];
  const check = (text: string, hints?: unknown) => {
    const config = parseConfig(text, { fileName: "a.yaml", env });
    return locateIssues(config, prefix, schema.safeParse(config.source.serviceConnection?.config).error, hints)
      ?.message;
  };

  test("gives a connector's complaints their places and takes the branch of the type", () => {
    expect(check(good.replace("hostPort", "hostPrt"))?.split("\n")).toEqual([
      "a.yaml:5:5 source.serviceConnection.config.hostPort: missing key",
      "a.yaml:7:7 source.serviceConnection.config.hostPrt: unknown key (did you mean hostPort?)",
      "a.yaml:11:32 source.serviceConnection.config.connection.authConfig.username: expected a number, got text",
    ]);
  });

  test("names the types when none fits", () => {
    expect(check(good.replace("RestAPI", "RestApi"))).toBe(
      'a.yaml:10:15 source.serviceConnection.config.connection.type: must be one of Mysql, RestAPI, got "RestApi" (did you mean RestAPI?)',
    );
  });

  test("finds optional keys in the connector's schema", () => {
    const text = good
      .replace("numberOfStatus:", "verifySsl: true\n      numberOfStatus:")
      .replace('"${RUNS}"', "${RUNS}");
    expect(check(text)).toBe("a.yaml:8:7 source.serviceConnection.config.verifySsl: unknown key");
    for (const hints of [schema, z.toJSONSchema(schema)])
      expect(check(text, hints)).toBe(
        "a.yaml:8:7 source.serviceConnection.config.verifySsl: unknown key (did you mean verifySSL?)",
      );
  });

  test("leaves other errors alone", () => {
    expect(locateIssues(parseConfig(good, { env }), prefix, new Error("no"))).toBeUndefined();
  });
});

describe("secrets", () => {
  test("are resolved and listed for redaction", () => {
    const config = parseConfig(
      good.replace("${PW}", "secret:env:PW").replace("numberOfStatus: ${RUNS}", "note: secret:env:NOTE"),
      {
        env: { ...env, PW: "hunter22", NOTE: "quiet" },
      },
    );
    expect(config.origin.secretTexts()).toEqual(["quiet", "hunter22"]);
    expect(config.source.serviceConnection?.config["note"]).toBe("quiet");
  });

  test("never stand in messages, printed origins or JSON", () => {
    const config = parseConfig(good, { env: { RUNS: "1", PW: "hunter22" } });
    expect(inspect(config.origin, { depth: 9 }) + JSON.stringify(config.origin)).not.toContain("hunter22");
    const schema = z.object({ connection: z.object({ authConfig: z.object({ password: z.enum(["a"]) }) }) });
    const custom = z
      .unknown()
      .superRefine((_, context) => context.addIssue({ code: "custom", message: "bad hunter22" }));
    const prefix = ["source", "serviceConnection", "config"];
    const part = config.source.serviceConnection?.config;
    for (const wrong of [schema.safeParse(part).error, custom.safeParse(part).error])
      expect(locateIssues(config, prefix, wrong)?.message).toMatch(
        /^config\.yaml:\d+:\d+ source\.serviceConnection\.config.*(must be a|bad \*+)$/,
      );
  });

  test("a reference that comes out of a variable is a value, not a reference", () => {
    const config = parseConfig(good, { env: { RUNS: "1", PW: "secret:env:RUNS" } });
    expect(config.source.serviceConnection?.config).toMatchObject({
      connection: { authConfig: { password: "secret:env:RUNS" } },
    });
  });
});
