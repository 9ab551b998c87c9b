import { beforeAll, describe, expect, test } from "@jest/globals";
import { hostileScenario, hostileScenarios, runHostileScenario, startHostileProxy } from "@omd/testkit";
import { airflowConfig, difference, env, same, Workplace, type Airflow } from "./omd.ts";

/** A few DAGs, so that one run is short; the listing of all of them still takes several pages. */
const options = { pipelineFilterPattern: { includes: ["bakery", "chain", "outcome", "names"] } };
/** Short waits: what is waited for is the same. */
const omd = { http: { timeoutSeconds: 4, deadlineSeconds: 12, retries: 5 } };

/**
 * What each Airflow is tested for. Most of it is waiting for calls that are tried again, so each Airflow has a file of its own,
 * and the two run side by side.
 */
export function testBehindHostileProxy({ name, prefix }: Airflow): void {
  describe(`${name} behind a hostile proxy`, () => {
    const catalog = new Workplace();

    beforeAll(async () => {
      catalog.file("airflow.yaml", airflowConfig(env(`${prefix}_URL`), { options, omd }));
      expect((await catalog.omd(["ingest", "-c", "airflow.yaml"])).code).toBe(0);
    }, 300_000);

    test.each(hostileScenarios.map((scenario) => [scenario.name, scenario] as const))(
      "%s",
      async (trouble, scenario) => {
        await runHostileScenario(scenario, {
          target: env(`${prefix}_URL`),
          match: ({ path }) => path.endsWith("/dags"),
          pageCap: 50,
          deadlineMs: 120_000,
          run: async (url) => {
            catalog.file(`${trouble}.yaml`, airflowConfig(url, { options, omd }));
            const { code, report, elapsedMs } = await catalog.omd(["ingest", "-c", `${trouble}.yaml`]);
            return { exitCode: code, deleted: report?.deletes.done.length ?? 0, elapsedMs };
          },
        });
      },
      180_000,
    );

    test.each(["503-forever", "forbidden-midway", "html-page", "cut-body", "repeated-page"])(
      "%s on tasks and runs: known tasks and runs stay, nothing is deleted, green only when whole",
      async (trouble) => {
        const place = new Workplace();
        place.file("calm.yaml", airflowConfig(env(`${prefix}_URL`), { options, omd }));
        expect((await place.omd(["ingest", "-c", "calm.yaml"])).code).toBe(0);
        const before = withoutAddress(await place.exportCatalog());
        const proxy = await startHostileProxy({
          target: env(`${prefix}_URL`),
          scenario: hostileScenario(trouble),
          match: ({ path }) => /\/(tasks|dagRuns\/list|taskInstances\/list)$/.test(path),
        });
        try {
          // Another address is another source to the connector: everything is read again.
          place.file("troubled.yaml", airflowConfig(proxy.url, { options, omd }));
          const { code, report } = await place.omd(["ingest", "-c", "troubled.yaml"]);
          expect(report?.deletes.done).toEqual([]);
          expect(difference(withoutAddress(await place.exportCatalog()), before)).toEqual(same);

          const fresh = new Workplace();
          fresh.file("troubled.yaml", airflowConfig(proxy.url, { options, omd }));
          const anew = await fresh.omd(["ingest", "-c", "troubled.yaml"]);
          expect(proxy.strikes).toBeGreaterThan(0);
          // A listing that breaks may still be read in smaller parts; then, and only then, the run may be green.
          const missing = difference(withoutAddress(await fresh.exportCatalog()), before);
          expect({ code: anew.code, isWhole: anew.code !== 0 || missing.onlyInOther.length === 0 }).toEqual({
            code: expect.any(Number),
            isWhole: true,
          });
          expect([0, 1, 3]).toContain(code);
        } finally {
          await proxy.close();
        }
      },
      180_000,
    );
  });
}

function withoutAddress(text: string): string {
  return text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "URL");
}
