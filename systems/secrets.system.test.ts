import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { findCanaries } from "@omd/testkit";
import { startFace, type Face } from "../packages/catalog/test/openmetadata-face/face.ts";
import { airflowConfig, airflows, difference, env, same, Workplace, type OmdResult } from "./omd.ts";

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnktand0In0.c4naryS1gnature";
const token = "canary-token/9+x==&y";

/** Secrets in the config must not come out anywhere: screen, log, report, recording, catalog, state, error texts. */
describe.each(airflows)("secrets of a run on $name", ({ prefix }) => {
  const place = new Workplace();
  const outputs: Record<string, string> = {};
  let store: EmbeddedCatalog;
  let face: Face;

  const canaries = (): Record<string, string> => ({ password: env("OMD_AIRFLOW_PASSWORD"), jwt, token });
  const keep = (name: string, { stdout, stderr }: OmdResult): void => {
    outputs[`${name} stdout`] = stdout;
    outputs[`${name} stderr`] = stderr;
  };

  beforeAll(async () => {
    store = openEmbeddedCatalog({ file: ":memory:" });
    await store.connect();
    face = await startFace({ store, token: "another-token-than-ours" });
    const url = env(`${prefix}_URL`);
    const options = { pipelineFilterPattern: { includes: ["bakery"] } };
    // The files with the secrets lie outside the directory that is searched.
    const configs = new Workplace();
    const good = configs.file("good.yaml", airflowConfig(url, { options }));
    const wrongToken = configs.file(
      "token.yaml",
      airflowConfig(url, { connection: { connection: { type: "RestAPI", authConfig: { token } } } }),
    );
    const server = { hostPort: face.hostPort, authProvider: "openmetadata", securityConfig: { jwtToken: jwt } };
    const refused = configs.file("refused.yaml", airflowConfig(url, { server }));
    const typo = configs.file("typo.yaml", airflowConfig(url, { connection: { passwrd: token } }));
    keep("complete", await place.omd(["ingest", "-c", good, "--debug", "--record", "recording"]));
    keep("json", await place.omd(["ingest", "-c", good, "--json"]));
    keep("plan", await place.omd(["plan", "-c", good]));
    keep("check", await place.omd(["check", "-c", good, "--json"]));
    keep("wrong token", await place.omd(["ingest", "-c", wrongToken, "--debug"]));
    keep("refused by the catalog", await place.omd(["ingest", "-c", refused, "--debug"]));
    keep("bad config", await place.omd(["ingest", "-c", typo]));
    keep("export", await place.omd(["catalog", "export"]));
  }, 300_000);

  afterAll(async () => {
    await face.close();
    await store.close();
  });

  test("the runs did what they should, so that there is something to search", () => {
    expect(outputs["complete stdout"]).toContain("exit code 0");
    expect(outputs["bad config stderr"]).toContain("passwrd");
    expect(outputs["export stdout"]).toContain("bakery_daily");
  });

  test("none in what was printed", () => {
    expect(findCanaries(outputs, canaries())).toEqual([]);
  });

  test("none in report, recording, catalog and state", () => {
    expect(findCanaries(place.dir, canaries())).toEqual([]);
  });

  test("a recording is enough for the same run without a network", async () => {
    const other = new Workplace();
    const config = other.file(
      "good.yaml",
      airflowConfig("http://127.0.0.1:9", { options: { pipelineFilterPattern: { includes: ["bakery"] } } }),
    );
    const { code } = await other.omd(["ingest", "-c", config, "--replay", `${place.dir}/recording`]);
    expect(code).toBe(0);
    const pipelines = async (where: Workplace): Promise<string> =>
      (await where.exportCatalog()).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "URL");
    expect(difference(await pipelines(other), await pipelines(place))).toEqual(same);
  });
});
