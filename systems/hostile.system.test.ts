import { beforeAll, describe, expect, test } from "@jest/globals";
import { hostileScenarios, runHostileScenario } from "@omd/testkit";
import { airflowConfig, airflows, difference, env, same, Workplace } from "./omd.ts";

/** A few DAGs, so that one run is short; the listing of all of them still takes several pages. */
const options = { pipelineFilterPattern: { includes: ["bakery", "chain", "outcome", "names"] } };
/** Short waits: what is waited for is the same. */
const omd = { http: { timeoutSeconds: 4, deadlineSeconds: 12, retries: 5 } };

describe.each(airflows)("$name behind a hostile proxy", ({ prefix }) => {
  const catalog = new Workplace();

  beforeAll(async () => {
    catalog.file("airflow.yaml", airflowConfig(env(`${prefix}_URL`), { options, omd }));
    expect((await catalog.omd(["ingest", "-c", "airflow.yaml"])).code).toBe(0);
  }, 300_000);

  test.each(hostileScenarios.map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    async (name, scenario) => {
      await runHostileScenario(scenario, {
        target: env(`${prefix}_URL`),
        match: ({ path }) => path.endsWith("/dags"),
        pageCap: 50,
        deadlineMs: 120_000,
        run: async (url) => {
          catalog.file(`${name}.yaml`, airflowConfig(url, { options, omd }));
          const { code, report, elapsedMs } = await catalog.omd(["ingest", "-c", `${name}.yaml`]);
          return { exitCode: code, deleted: report?.deletes.done.length ?? 0, elapsedMs };
        },
      });
    },
    180_000,
  );

  test.each(["503-forever", "forbidden-midway", "html-page", "cut-body", "repeated-page"])(
    "%s on tasks and runs: known tasks stay, nothing is deleted, never green",
    async (name) => {
      const before = await catalog.exportCatalog();
      const scenario = hostileScenarios.find((candidate) => candidate.name === name);
      if (!scenario) throw new Error(`no scenario ${name}`);
      await runHostileScenario(scenario, {
        target: env(`${prefix}_URL`),
        // A home of its own would make everything new; the same one must not lose anything.
        match: ({ path }) => /\/(tasks|dagRuns\/list|taskInstances\/list)$/.test(path),
        deadlineMs: 120_000,
        run: async (url) => {
          const fresh = new Workplace();
          fresh.file("airflow.yaml", airflowConfig(url, { options, omd }));
          const { code, report, elapsedMs } = await fresh.omd(["ingest", "-c", "airflow.yaml"]);
          return { exitCode: code, deleted: report?.deletes.done.length ?? 0, elapsedMs };
        },
      });
      expect(difference(await catalog.exportCatalog(), before)).toEqual(same);
    },
    180_000,
  );
});
