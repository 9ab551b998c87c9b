import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { reportSchema, type Report } from "@omd/core";
import { csvExample, jobsExample, omd, temporaryDirectory } from "./run-omd.ts";

const yaml = join(csvExample, "csv-database.yaml");
const csv = ["ingest", "-c", "csv-database.yaml"];

function parseReport(text: string): Report {
  return reportSchema.parse(JSON.parse(text));
}

describe("ingest", () => {
  test("writes an example, says so, and changes nothing the second time", async () => {
    const home = temporaryDirectory();
    const file = join(home.path, "reports/first.json");
    const env = { OMD_HOME: home.path };
    const first = await omd([...csv, "--report", file], { cwd: csvExample, env });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("Catalog: 7 created, 0 updated");
    expect(first.stdout.trimEnd().split("\n").at(-1)).toMatch(/^Complete in .*exit code 0/);
    expect(parseReport(readFileSync(file, "utf8"))).toMatchObject({
      outcome: "complete",
      exitCode: 0,
      writes: { created: 7 },
    });

    const second = await omd([...csv, "--json"], { cwd: csvExample, env });
    expect(second.code).toBe(0);
    expect(parseReport(second.stdout).writes).toEqual({
      created: 0,
      updated: 0,
      unchanged: 7,
      restored: 0,
      deleted: 0,
    });
    expect(second.stderr).toContain("Workflow Success %: 100");
  });

  test("keeps people's text off stdout and progress off the terminal-less stderr", async () => {
    const home = temporaryDirectory();
    const { stdout, stderr } = await omd([...csv, "--json", "--omd-home", home.path], { cwd: csvExample });
    expect(parseReport(stdout).serviceName).toBe("shop_csv");
    expect(stderr).not.toContain("\r");
    expect(existsSync(join(home.path, "catalog.db"))).toBe(true);
    expect(existsSync(join(home.path, "last-report.json"))).toBe(true);
  });

  test("--limit is not a complete run, and --only takes no broken name", async () => {
    const home = temporaryDirectory();
    const { code, stderr } = await omd([...csv, "--only", 'a"b', "--omd-home", home.path], { cwd: csvExample });
    expect(code).toBe(2);
    expect(stderr).toContain("--only");
    expect(existsSync(join(home.path, "catalog.db"))).toBe(false);
  });

  test("a source that breaks fails with exit 1, a readable line and no stack but in the table", async () => {
    const home = temporaryDirectory();
    const { code, stdout } = await omd([...csv, "--omd-home", home.path], {
      cwd: csvExample,
      env: { CSV_FILE: "/no/such.csv" },
    });
    expect(code).toBe(1);
    expect(stdout).toContain("ENOENT");
    expect(stdout.trimEnd().split("\n").at(-1)).toContain("exit code 1: failed");
  });
});

describe("a bad configuration", () => {
  test("is told line by line, exit 2", async () => {
    const home = temporaryDirectory();
    const bad = readFileSync(yaml, "utf8").replace("serviceName: shop_csv", "servicename: shop_csv");
    writeFileSync(join(home.path, "bad.yaml"), bad);
    const { code, stdout, stderr } = await omd(["ingest", "-c", "bad.yaml"], { cwd: home.path });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("bad.yaml:3:3 source.servicename: unknown key (did you mean serviceName?)");
    expect(existsSync(join(home.path, ".omd"))).toBe(false);
  });

  test("is told of the file, the connector's part and the server's block at once, with no catalog made", async () => {
    const home = temporaryDirectory();
    const text = `source:
  type: airflow
  serviceNme: af
  serviceConnection:
    config:
      hostPort: localhost:8080
      connection: {type: Mysql, username: u}
  sourceConfig: {config: {includeTagss: true}}
workflowConfig:
  openMetadataServerConfig: {hostPort: http://127.0.0.1:1/api, verifySSl: validate}
`;
    writeFileSync(join(home.path, "bad.yaml"), text);
    const { code, stderr } = await omd(["ingest", "-c", "bad.yaml"], { cwd: home.path });
    expect(code).toBe(2);
    const places = stderr
      .trimEnd()
      .split("\n")
      .map((line) => line.split(": ", 1)[0]);
    expect(places).toEqual([
      "bad.yaml:1:1 source.serviceName",
      "bad.yaml:3:3 source.serviceNme",
      "bad.yaml:6:17 source.serviceConnection.config.hostPort",
      "bad.yaml:7:26 source.serviceConnection.config.connection.type",
      "bad.yaml:8:27 source.sourceConfig.config.includeTagss",
      "bad.yaml:10:64 workflowConfig.openMetadataServerConfig.verifySSl",
    ]);
    expect(existsSync(join(home.path, ".omd"))).toBe(false);
  });

  test("in the server's block has its place too", async () => {
    const home = temporaryDirectory();
    writeFileSync(
      join(home.path, "bad.yaml"),
      `${readFileSync(yaml, "utf8").trimEnd()}\n  openMetadataServerConfig:\n    hostPort: http://127.0.0.1:1/api\n    verifySSl: validate\n`,
    );
    const { code, stderr } = await omd(["check", "-c", "bad.yaml", "--connector-path", csvExample], { cwd: home.path });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /bad\.yaml:\d+:5 workflowConfig\.openMetadataServerConfig\.verifySSl: unknown key \(did you mean verifySSL\?\)/,
    );
  });

  test.each([
    ["a file that is not there", "nope.yaml: file not found", undefined],
    [
      "an unset variable",
      "CANARY_VARIABLE",
      "source:\n  type: ${CANARY_VARIABLE}\n  serviceName: a\n  sourceConfig: {}\n",
    ],
    [
      "an unknown type",
      "[OMD_CONNECTOR_NOT_FOUND]",
      "source:\n  type: airflwo\n  serviceName: a\n  sourceConfig: {}\n",
    ],
  ])("%s", async (_, said, text) => {
    const home = temporaryDirectory();
    if (text !== undefined) writeFileSync(join(home.path, "nope.yaml"), text);
    const { code, stdout, stderr } = await omd(["ingest", "-c", "nope.yaml", "--json"], { cwd: home.path });
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/^\s+at /m);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string; exitCode: number } };
    expect([`${error.message} [${error.code}]`, error.exitCode]).toEqual([expect.stringContaining(said), 2]);
  });
});

describe("a place that cannot be used", () => {
  const yamlText = readFileSync(yaml, "utf8");

  test.each([
    ["--report", "file/report.json", "file is no directory"],
    ["--report", ".", "--report .: is a directory"],
    ["--record", "file", "is no directory"],
    ["--replay", "file", "is no directory"],
    ["--replay", "nothere", "there is no directory"],
    ["--record", "file/deeper", "ENOTDIR"],
    // Node's own way of making directories does not end there.
    ...(existsSync("/proc/self") ? [["--record", "/proc/x/y", "ENOENT"] as const] : []),
  ])("%s %s is refused before anything is read, exit 2", async (flag, path, said) => {
    const home = temporaryDirectory();
    writeFileSync(join(home.path, "shop.yaml"), yamlText);
    writeFileSync(join(home.path, "file"), "");
    const args = ["ingest", "-c", "shop.yaml", "--connector-path", csvExample, flag, path];
    const { code, stdout, stderr } = await omd(args, { cwd: home.path });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`omd: ${flag} ${path}: `);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("not expected");
    expect(existsSync(join(home.path, ".omd"))).toBe(false);
  });
});

describe("plan and check", () => {
  test("a plan shows changes by field and writes nothing", async () => {
    const home = temporaryDirectory();
    const env = { OMD_HOME: home.path };
    const before = await omd(["plan", "-c", "csv-database.yaml", "--json"], { cwd: csvExample, env });
    expect(before.code).toBe(0);
    const { entries } = JSON.parse(before.stdout) as { entries: { action: string; name: string }[] };
    expect(entries.filter((entry) => entry.action === "create")).toHaveLength(7);
    expect((await omd(["check", "-c", "csv-database.yaml"], { cwd: csvExample, env })).code).toBe(0);
    expect(readdirSync(home.path)).toEqual([]);
    await omd(csv, { cwd: csvExample, env });

    const changed = join(home.path, "changed.csv");
    writeFileSync(
      changed,
      readFileSync(join(csvExample, "tables.csv"), "utf8").replace("customer_id,BIGINT", "customer_id,VARCHAR"),
    );
    const plan = await omd(["plan", "-c", "csv-database.yaml"], {
      cwd: csvExample,
      env: { ...env, CSV_FILE: changed },
    });
    expect(plan.code).toBe(0);
    expect(plan.stdout).toMatch(/update +table +shop_csv\.shop\.raw\.orders/);
    expect(plan.stdout).toMatch(/bigint +varchar/);
    const again = await omd(["plan", "-c", "csv-database.yaml"], { cwd: csvExample, env });
    expect(again.stdout).toBe("Nothing would change.\n");
  });

  test("a plan of a source that breaks is not green", async () => {
    const home = temporaryDirectory();
    const { code, stdout, stderr } = await omd(["plan", "-c", "csv-database.yaml", "--omd-home", home.path, "--json"], {
      cwd: csvExample,
      env: { CSV_FILE: "/no/such.csv" },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("not the whole truth, for the source was not read completely");
    expect(stderr).toMatch(/From +Entity Name +Message/);
    const failures = [expect.objectContaining({ error: expect.stringContaining("ENOENT") as unknown })];
    expect(JSON.parse(stdout)).toMatchObject({ failureCount: 1, failures, warnings: [] });
  });

  test("check names the step that fails, how to mend it, and exits 1", async () => {
    const home = temporaryDirectory();
    writeFileSync(
      join(home.path, "source.mjs"),
      `export class Guarded {
         static create() { return new Guarded(); }
         testConnection() {
           const hint = "give the user the Viewer role";
           return [
             { name: "CheckAccess", description: "logs in", mandatory: true, run: async () => "version 3" },
             { name: "GetPipelines", description: "reads", mandatory: true, run: async () => { throw Object.assign(new Error("403"), { hint }); } },
           ];
         }
         *iter() {}
       }`,
    );
    writeFileSync(
      join(home.path, "guarded.yaml"),
      "source:\n  type: customPipeline\n  serviceName: guarded\n  serviceConnection: { config: { type: CustomPipeline, sourcePythonClass: source.Guarded } }\n  sourceConfig: { config: {} }\n",
    );
    const people = await omd(["check", "-c", "guarded.yaml"], { cwd: home.path });
    expect(people.code).toBe(1);
    expect(people.stdout).toMatch(/CheckAccess +passed +version 3/);
    expect(people.stdout).toMatch(/GetPipelines +FAILED +403/);
    const { code, stdout } = await omd(["check", "-c", "guarded.yaml", "--json"], { cwd: home.path });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      passed: false,
      steps: [
        { name: "CheckAccess", passed: true },
        { name: "GetPipelines", passed: false },
      ],
    });
  });
});

test("lineage explain shows what the last run left open", async () => {
  const home = temporaryDirectory();
  const env = { OMD_HOME: home.path };
  await omd(csv, { cwd: csvExample, env });
  copyFileSync(yaml, join(home.path, "csv-database.yaml"));
  await omd(["ingest", "-c", "job-board.yaml"], { cwd: jobsExample, env });
  const people = await omd(["lineage", "explain"], { cwd: home.path, env });
  expect(people.code).toBe(0);
  expect(people.stdout).toContain("shop_csv.shop.raw.customers → mailing.lists.public.subscribers");
  const { stdout } = await omd(["lineage", "explain", "shop_csv.shop.raw.orders", "--json"], { cwd: home.path, env });
  expect(JSON.parse(stdout)).toMatchObject({
    unresolvedCount: 1,
    groups: [],
    now: { kind: "resolved", entity: { entityType: "table", fqn: "shop_csv.shop.raw.orders" } },
  });
  const none = await omd(["lineage", "explain"], { cwd: home.path, env: { OMD_HOME: join(home.path, "empty") } });
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("no report of a run");
});

test("lineage explain says when the last run has read nothing it could tell of", async () => {
  const env = { OMD_HOME: temporaryDirectory().path, JOBS_FILE: "nowhere.json" };
  expect((await omd(["ingest", "-c", "job-board.yaml"], { cwd: jobsExample, env })).code).toBe(1);
  const { stdout } = await omd(["lineage", "explain"], { cwd: jobsExample, env });
  expect(stdout).toMatch(/^The last run \(\S+\) failed; what it had read left no edge unresolved\.$/m);
});

test("a plan names the type of what the guard would keep, and the reason once", async () => {
  const home = temporaryDirectory();
  const rows = Array.from({ length: 12 }, (_, at) => `raw,t${at},id,BIGINT,`);
  const file = join(home.path, "tables.csv");
  const env = { OMD_HOME: home.path, CSV_FILE: file };
  const header = "schema,table,column,type,description";
  writeFileSync(file, [header, ...rows].join("\n"));
  expect((await omd(csv, { cwd: csvExample, env })).code).toBe(0);
  writeFileSync(file, [header, ...rows.slice(0, 1)].join("\n"));
  const { code, stdout } = await omd(["plan", ...csv.slice(1)], { cwd: csvExample, env });
  expect(code).toBe(3);
  expect(stdout.match(/^refuse-delete +table +shop_csv\.shop\.raw\.t\d+/gm)).toHaveLength(11);
  expect(stdout.match(/11 of 12/g)).toHaveLength(1);
});
