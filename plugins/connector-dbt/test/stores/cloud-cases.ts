import { describe, expect, test } from "@jest/globals";
import nock from "nock";
import { failure } from "../bytes.ts";
import { contents, FakePlaceContext, listed, projectsOf } from "../place-context.ts";

/** Answers as dbt Cloud's Administrative API v2 has them (docs.getdbt.com/dbt-cloud/api-v2: List runs, Retrieve run, List and Retrieve run artifacts). */
const origin = "https://cloud.example";
const account = "/api/v2/accounts/77";
const status = { code: 200, is_success: true, user_message: "Success!", developer_message: "" };
const config = {
  dbtConfigType: "cloud",
  dbtCloudAuthToken: "dbtc_secret",
  dbtCloudAccountId: "77",
  dbtCloudJobId: "5",
  dbtCloudUrl: `${origin}/`,
};
const base = `${origin}${account}`;

function run(id: number, of = 5) {
  return { id, job_definition_id: of, status: 20, is_error: true, finished_at: "2026-05-02 10:00:00.123456+00:00" };
}

function answerRuns(job: string, runs: unknown[]): void {
  const query = { order_by: "-finished_at", limit: 20, status__in: "[10,20,30]", job_definition_id: job };
  nock(origin, { reqheaders: { authorization: "Token dbtc_secret" } })
    .get(`${account}/runs/`)
    .query(query)
    .reply(200, { data: runs, status, extra: { pagination: { count: runs.length, total_count: runs.length } } });
}

/** `steps`: paths by step; undefined answers 404. The last entry stands for the call without a step. */
function answerRun(id: number, steps: (string[] | undefined)[], last: string[] | undefined): void {
  const run_steps = steps.map((_, at) => ({ id: at, index: at + 1, name: `step ${at + 1}`, status: 10 }));
  nock(origin)
    .get(`${account}/runs/${id}/`)
    .query({ include_related: '["run_steps"]' })
    .reply(200, { data: { id, run_steps: run_steps.toReversed() }, status });
  const one = (query: Record<string, number>, paths: string[] | undefined) =>
    nock(origin)
      .get(`${account}/runs/${id}/artifacts/`)
      .query(query)
      .reply(paths === undefined ? 404 : 200, { data: paths ?? null, status });
  for (const [at, paths] of steps.entries()) one({ step: at + 1 }, paths);
  one({}, last);
}

export function cloudCases(): void {
  describe("the newest finished run of a job", () => {
    test("has the results of each of its steps, and the last of the other files", async () => {
      answerRuns("5", [run(900), run(899)]);
      answerRun(
        900,
        [
          undefined,
          ["manifest.json", "run_results.json", "compiled/shop/a.sql"],
          ["manifest.json", "run_results.json", "sources.json", "semantic_manifest.json"],
        ],
        ["manifest.json", "run_results.json", "catalog.json", "index.html"],
      );
      const context = new FakePlaceContext();
      const [project, ...others] = await projectsOf(config, context);
      expect(others).toEqual([]);
      expect(project?.name).toBe("dbt Cloud run 900 of job 5");
      expect(listed(project)).toEqual([
        `manifest ${base}/runs/900/artifacts/manifest.json?step=3`,
        `catalog ${base}/runs/900/artifacts/catalog.json`,
        `semanticManifest ${base}/runs/900/artifacts/semantic_manifest.json?step=3`,
        `runResults ${base}/runs/900/artifacts/run_results.json?step=2`,
        `runResults ${base}/runs/900/artifacts/run_results.json?step=3`,
        `sources ${base}/runs/900/artifacts/sources.json?step=3`,
      ]);
      expect(context.secrets).toEqual(["dbtc_secret"]);
      expect(context.warnings).toEqual([]);

      const files = nock(origin, { reqheaders: { authorization: "Token dbtc_secret" } });
      for (const [name, step] of [
        ["manifest", 3],
        ["semantic_manifest", 3],
        ["run_results", 2],
        ["run_results", 3],
        ["sources", 3],
      ])
        files
          .get(`${account}/runs/900/artifacts/${name}.json`)
          .query({ step: Number(step) })
          .reply(200, { name, step });
      files.get(`${account}/runs/900/artifacts/catalog.json`).reply(200, { name: "catalog" });
      const found = await contents(project);
      expect(found[`${base}/runs/900/artifacts/run_results.json?step=2`]).toBe('{"name":"run_results","step":2}');
      expect(Object.keys(found)).toHaveLength(6);
    });

    test("without steps in the answer is what the run left", async () => {
      answerRuns("5", [run(900)]);
      answerRun(900, [], ["manifest.json", "run_results.json"]);
      expect(listed((await projectsOf(config))[0])).toEqual([
        `manifest ${base}/runs/900/artifacts/manifest.json`,
        `runResults ${base}/runs/900/artifacts/run_results.json`,
      ]);
    });

    test("gives way to the one before when it has no manifest", async () => {
      answerRuns("5", [run(900), run(899)]);
      answerRun(900, [undefined], undefined);
      answerRun(899, [["manifest.json"]], ["manifest.json"]);
      const context = new FakePlaceContext();
      const [project] = await projectsOf(config, context);
      expect(project?.name).toContain("run 899");
      expect(context.warnings).toEqual([
        "dbt Cloud run 900 of job 5: it has no manifest.json; the run before it is looked at",
      ]);
    });

    test("of several jobs is one project each; a job without runs is a warning", async () => {
      answerRuns("5", [run(900)]);
      answerRun(900, [], ["manifest.json"]);
      answerRuns("6", []);
      answerRuns("7", [run(901, 7)]);
      answerRun(901, [], ["manifest.json"]);
      const context = new FakePlaceContext();
      const projects = await projectsOf({ ...config, dbtCloudJobId: ["5", 6, "7"] }, context);
      expect(projects.map(({ name }) => name)).toEqual(["dbt Cloud run 900 of job 5", "dbt Cloud run 901 of job 7"]);
      expect(context.warnings).toEqual(["dbt Cloud job 6: none of its newest runs has a manifest.json"]);
    });
  });

  test("calls that are throttled are made again after the time that the server gives", async () => {
    nock(origin).get(`${account}/runs/`).query(true).reply(429, {}, { "retry-after": "1" });
    answerRuns("5", [run(900)]);
    answerRun(900, [], ["manifest.json"]);
    const started = performance.now();
    expect(await projectsOf(config)).toHaveLength(1);
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  test("no run, a refused token and another kind of answer are errors", async () => {
    answerRuns("5", []);
    const none = await failure(projectsOf(config));
    expect(none.message).toBe("dbt Cloud: no finished run of job 5 has a manifest.json among the newest 20");
    expect(none.hint).toContain("dbtCloudJobId");
    nock(origin)
      .get(`${account}/runs/`)
      .query(true)
      .reply(401, { status: { code: 401 } });
    expect(await failure(projectsOf(config))).toMatchObject({ code: "ERR_UNAUTHENTICATED" });
    nock(origin)
      .get(`${account}/runs/`)
      .query(true)
      .reply(200, { data: { runs: [] } });
    expect(await failure(projectsOf(config))).toMatchObject({ code: "ERR_SHAPE" });
    answerRuns("5", [run(900)]);
    nock(origin).get(`${account}/runs/900/`).query(true).reply(200, { data: {} });
    nock(origin).get(`${account}/runs/900/artifacts/`).reply(500, {}).persist();
    expect(await failure(projectsOf(config))).toMatchObject({ status: 500 });
  });
}
