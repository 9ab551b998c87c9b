import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import {
  collectSource,
  findCanaries,
  hostileScenario,
  hostileScenarios,
  outcomeOf,
  runHostileScenario,
  startHostileProxy,
  type Collected,
  type ProxyRequest,
  type Upstream,
} from "@omd/testkit";
import { fqnOf, type EntityKey } from "@omd/schema";
import nock from "nock";
import { AirflowSource } from "../src/index.ts";
import { FakeAirflow, type FakeVersion } from "./fake-airflow.ts";
import { FakeLogin } from "./fake-login.ts";

const versions: readonly FakeVersion[] = ["v1", "v2"];
const dagCount = 12;
const rowsPerPage = 5;
const password = "canary/4f2b+pw=9&x";
const sessionCanary = "canary-session-";
const table = (name: string): EntityKey => ({ entityType: "table", fqn: fqnOf("t", name) });

jest.setTimeout(180_000);

// The proxy of the kit is a real server.
beforeAll(() => {
  nock.restore();
});

/** A server whose rows fill several pages of every listing. */
function serverOf(version: FakeVersion): FakeAirflow {
  const airflow = FakeAirflow.many(version, dagCount, 2);
  airflow.pageCap = rowsPerPage;
  airflow.token = "canary-token/8c1d+e=";
  if (version === "v1") {
    airflow.login = new FakeLogin();
    airflow.login.password = password;
  }
  const consumer = version === "v1" ? "consuming_dags" : "scheduled_dags";
  airflow.datasets = airflow.dags.map(({ dag_id: id }, at) => ({
    uri: `in${at}`,
    producing_tasks: at === 0 ? [] : [{ dag_id: "bulk_0000", task_id: "t" }],
    [consumer]: at === 0 ? [{ dag_id: "bulk_0000" }] : [{ dag_id: id }],
  }));
  airflow.importErrors = Array.from({ length: 6 }, (_, at) => ({
    filename: `broken${at}.py`,
    stack_trace: "Error: no",
  }));
  return airflow;
}

function upstreamOf(airflow: FakeAirflow): Upstream {
  return ({ method, url, headers, body }) => {
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const received = { method, url: new URL(url, airflow.host), headers: plain, text: body.toString("utf8") };
    const answer = airflow.respond(received);
    return Promise.resolve({ ...answer, body: Buffer.from(answer.text) });
  };
}

function collect(
  hostPort: string,
  more: { marks?: Record<string, string>; known?: string[] } = {},
): Promise<Collected> {
  return collectSource(AirflowSource, {
    type: "airflow",
    serviceName: "af",
    connection: { type: "Airflow", hostPort, connection: { authConfig: { username: "admin", password } } },
    datasets: Object.fromEntries(Array.from({ length: dagCount }, (_, at) => [`in${at}`, table(`in${at}`)])),
    http: { defaults: { timeoutMs: 4000, deadlineMs: 20_000, retry: { limit: 4, baseMs: 10, maxWaitMs: 1500 } } },
    ...more,
  });
}

/** As {@link outcomeOf}; a scope that is complete and has not seen all would delete the rest. */
async function outcome(url: string) {
  const collected = await collect(url);
  const deleting = collected.scopes.filter((scope) => scope.deletes && scope.state === "complete");
  const deleted = deleting.reduce((sum, scope) => sum + Math.max(0, dagCount - scope.seen), 0);
  return { ...outcomeOf(collected), deleted };
}

function scenarioOptions(version: FakeVersion, match: (request: ProxyRequest) => boolean) {
  const names = Array.from({ length: dagCount }, (_, at) => `pipeline bulk_${String(at).padStart(4, "0")}`);
  return {
    target: upstreamOf(serverOf(version)),
    match,
    pageCap: rowsPerPage - 1,
    deadlineMs: 90_000,
    seen: ["pipelineService af", ...names],
    run: outcome,
  };
}

describe.each(versions)("a hostile server, API %s", (version) => {
  test.concurrent.each(hostileScenarios.map(({ name }) => name))("the list of DAGs survives %s", async (name) => {
    const match = ({ path }: ProxyRequest): boolean => path === `/api/${version}/dags`;
    const { exitCode } = await runHostileScenario(hostileScenario(name), scenarioOptions(version, match));
    expect(exitCode).toBe(hostileScenario(name).expected === "complete" ? 0 : 3);
  });

  const listings = [
    "/dags/~/dagRuns/list",
    "/dags/~/dagRuns/~/taskInstances/list",
    version === "v1" ? "/datasets" : "/assets",
    "/importErrors",
  ];
  const scenarios = ["page-cap", "empty-page", "refused-page", "forbidden-midway", "cut-body", "html-page"];
  const cases = listings.flatMap((listing) => scenarios.map((name) => [listing, name] as const));
  test.concurrent.each(cases)("%s survives %s", async (listing, name) => {
    const match = ({ path }: ProxyRequest): boolean => path === `/api/${version}${listing}`;
    const { exitCode } = await runHostileScenario(hostileScenario(name), scenarioOptions(version, match));
    expect(exitCode).toBe(hostileScenario(name).expected === "complete" ? 0 : 3);
  });
});

describe.each(versions)("a server without trouble, API %s", (version) => {
  test("gives records that the catalog takes, in which no secret stands", async () => {
    const airflow = serverOf(version);
    const proxy = await startHostileProxy({ target: upstreamOf(airflow) });
    try {
      const collected = await collect(proxy.url);
      expect([collected.complete, collected.problems, collected.failures]).toEqual([true, [], []]);
      const kinds = new Set(collected.records.map((record) => record.kind));
      expect(kinds).toEqual(new Set(["entity", "pipelineStatus", "lineage"]));
      const login = version === "v1" ? { session: `${sessionCanary}1` } : { token: airflow.token };
      const { records, scopes, warnings, log, failures } = collected;
      const texts = { said: JSON.stringify({ records, scopes, warnings, log, failures }) };
      expect(findCanaries(texts, { password, ...login })).toEqual([]);
      expect(collected.secrets).toEqual([password, ...Object.values(login)]);
    } finally {
      await proxy.close();
    }
  });

  test("a second run with what the first remembered is complete and sends the service alone", async () => {
    const proxy = await startHostileProxy({ target: upstreamOf(serverOf(version)) });
    try {
      const first = await collect(proxy.url);
      const marks = Object.fromEntries(
        first.records.flatMap((record) => (record.marks ?? []).map(({ key, value }) => [key, value] as const)),
      );
      const known = Array.from({ length: dagCount }, (_, at) => `af.bulk_${String(at).padStart(4, "0")}`);
      const second = await collect(proxy.url, { marks, known });
      expect([second.complete, second.records.map((record) => record.kind)]).toEqual([true, ["entity"]]);
      expect(second.forgotten).toEqual([]);
    } finally {
      await proxy.close();
    }
  });
});
