import { describe, expect, test } from "@jest/globals";
import { airflowConfig, difference, env, same, Workplace } from "./omd.ts";

const kills = 20;

/** kill -9 at random moments, each followed by nothing but the next run: the end must be that of a run that nobody disturbed. */
describe("kill -9", () => {
  test(`at ${kills} moments of a run, then a plain run: the catalog of an undisturbed run`, async () => {
    const config = airflowConfig(env("OMD_AIRFLOW3_URL"), {
      options: { pipelineFilterPattern: { excludes: ["^many_.*[1-9]$"] } },
    });
    const calm = new Workplace();
    calm.file("airflow.yaml", config);
    const undisturbed = await calm.omd(["ingest", "-c", "airflow.yaml"]);
    expect(undisturbed.code).toBe(0);

    const disturbed = new Workplace();
    disturbed.file("airflow.yaml", config);
    let killed = 0;
    for (let at = 0; at < kills; at++) {
      const killAfterMs = Math.round((undisturbed.elapsedMs * (at + Math.random())) / kills);
      const { code } = await disturbed.omd(["ingest", "-c", "airflow.yaml"], { killAfterMs });
      if (code === undefined) killed += 1;
    }
    expect(killed).toBeGreaterThan(kills / 4);
    const { code, report } = await disturbed.omd(["ingest", "-c", "airflow.yaml"]);
    expect(code).toBe(0);
    expect(report?.deletes.done).toEqual([]);
    expect(difference(await disturbed.exportCatalog(), await calm.exportCatalog())).toEqual(same);
  }, 900_000);
});
