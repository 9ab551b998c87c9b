import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { createRequestOracle } from "../packages/catalog/test/openmetadata-face/request-oracle.ts";
import { startFace, type Face } from "../packages/catalog/test/openmetadata-face/face.ts";
import { airflowConfig, airflows, env, Workplace, type OmdResult } from "./omd.ts";

/** A real Airflow over REST into a stand-in of an OpenMetadata server: every request must satisfy OpenMetadata's own schemas. */
describe.each(airflows)("$name into an OpenMetadata server", ({ prefix }) => {
  const place = new Workplace();
  let store: EmbeddedCatalog;
  let face: Face;
  let first: OmdResult;
  let second: OmdResult;
  let firstWrites: number;

  beforeAll(async () => {
    store = openEmbeddedCatalog({ file: ":memory:" });
    await store.connect();
    face = await startFace({ store });
    const server = {
      hostPort: face.hostPort,
      authProvider: "openmetadata",
      securityConfig: { jwtToken: "canary.jwt.token-0123456789" },
    };
    place.file("airflow.yaml", airflowConfig(env(`${prefix}_URL`), { server, omd: { createMissingOwners: true } }));
    first = await place.omd(["ingest", "-c", "airflow.yaml"]);
    firstWrites = face.calls.length;
    second = await place.omd(["ingest", "-c", "airflow.yaml"]);
  }, 600_000);

  afterAll(async () => {
    await face.close();
    await store.close();
  });

  test("both runs are complete", () => {
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.report?.failures).toEqual([]);
  });

  test.each(["OMD_OM_SCHEMAS", "OMD_OM_SCHEMAS_2"])("every request satisfies the schemas of %s", (schemas) => {
    const oracle = createRequestOracle(env(schemas));
    const findings = face.calls.flatMap((call) =>
      oracle.check(call.method, call.path, call.body).map((finding) => `${call.method} ${call.path}: ${finding}`),
    );
    expect(findings).toEqual([]);
    expect(face.calls.filter((call) => call.method === "PUT").length).toBeGreaterThan(100);
  });

  test("the second run only reads", () => {
    const writes = face.calls.slice(firstWrites).filter((call) => call.method !== "GET");
    expect(writes.map((call) => `${call.method} ${call.path}`)).toEqual([]);
  });

  test("the server has what the embedded catalog has", async () => {
    const embedded = new Workplace();
    embedded.file("airflow.yaml", airflowConfig(env(`${prefix}_URL`)));
    expect((await embedded.omd(["ingest", "-c", "airflow.yaml"])).code).toBe(0);
    const withoutConnection = (text: string): string[] =>
      text.split("\n").filter((line) => line !== "" && !line.includes('"pipelineService"'));
    expect(withoutConnection([...store.exportLines()].join("\n"))).toEqual(
      withoutConnection(await embedded.exportCatalog()),
    );
  }, 600_000);
});
