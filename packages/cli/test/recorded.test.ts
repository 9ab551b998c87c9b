import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { reportSchema, type Report } from "@omd/core";
import { omd, repositoryRoot, temporaryDirectory } from "./run-omd.ts";

const example = join(repositoryRoot, "examples/airflow-recorded");
/** What the database of the recorded Airflow said. */
const facts = { dags: 20, tasks: 37, runs: 22, taskInstances: 64, importErrors: 1 };

test("the recorded Airflow comes in whole, twice, and the second time nothing is written", async () => {
  const home = temporaryDirectory();
  const run = async (): Promise<Report> => {
    const args = ["-c", join(example, "airflow.yaml"), "--replay", join(example, "recording")];
    const { code, stdout } = await omd(["ingest", ...args, "--json"], { env: { OMD_HOME: home.path } });
    expect(code).toBe(0);
    return reportSchema.parse(JSON.parse(stdout));
  };
  const first = await run();
  const received = Object.fromEntries(first.scopes.map((scope) => [scope.name, scope.received]));
  expect(received).toEqual({
    "airflow/dags": facts.dags,
    "airflow/tasks": facts.tasks,
    "airflow/runs": facts.runs,
    "airflow/task-instances": facts.taskInstances,
    "airflow/import-errors": facts.importErrors,
    "airflow/datasets": 7,
  });
  expect((await run()).writes).toMatchObject({ created: 0, updated: 0, restored: 0, deleted: 0 });

  const listed = await omd(["catalog", "list", "--type", "pipeline", "--json"], { env: { OMD_HOME: home.path } });
  expect(JSON.parse(listed.stdout)).toHaveLength(facts.dags);
});

test("DAGs that are read again as they were are not written, owners that the first run made included", async () => {
  const home = temporaryDirectory();
  const config = join(home.path, "airflow.yaml");
  const text = readFileSync(join(example, "airflow.yaml"), "utf8");
  writeFileSync(config, text.replace(/^( *)type: Airflow$/mu, "$1type: Airflow\n$1taskRefresh: always"));
  for (const expected of [{ created: 49 }, { created: 0, updated: 0, unchanged: 33 }]) {
    const args = ["-c", config, "--replay", join(example, "recording"), "--json"];
    const { stdout } = await omd(["ingest", ...args], { env: { OMD_HOME: home.path } });
    expect(reportSchema.parse(JSON.parse(stdout)).writes).toMatchObject(expected);
  }
});

test("the recording names no host and no secret", () => {
  const text = readFileSync(join(example, "recording/airflow.jsonl"), "utf8");
  expect(text).toContain('"access_token":"***"');
  // `eyJ` twice is a JSON web token; once, a file token.
  const found = /127\.0\.0\.1|localhost|eyJ[\w-]+\.eyJ|canary/.exec(text);
  expect(found?.[0]).toBeUndefined();
});
