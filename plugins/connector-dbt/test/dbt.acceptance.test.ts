import { describe, expect, jest, test } from "@jest/globals";
import {
  collectSource,
  findCanaries,
  hostileScenario,
  hostileScenarios,
  outcomeOf,
  runHostileScenario,
  startHostileProxy,
  type Collected,
  type Upstream,
} from "@omd/testkit";
import { DbtSource } from "../src/index.ts";
import { fixture, versions } from "./bytes.ts";

const password = "canary/4f2b+pw=9&x";
const files = ["manifest", "catalog", "run_results.test", "sources"];

jest.setTimeout(180_000);

/** The artifacts of a real project on a web server. */
function webServer(version: (typeof versions)[number]): Upstream {
  return ({ path, headers }) => {
    const name = files.find((one) => path === `/target/${one}.json`);
    const login = `Basic ${Buffer.from(`reader:${password}`).toString("base64")}`;
    const answer = (status: number, body: Buffer) =>
      Promise.resolve({ status, headers: { "content-type": "application/json" }, body });
    if (headers.authorization !== login) return answer(401, Buffer.from("{}"));
    return name === undefined ? answer(404, Buffer.from("{}")) : answer(200, fixture(version, `${name}.json`));
  };
}

function collect(url: string, marks: Record<string, string> = {}): Promise<Collected> {
  const base = url.replace("://", `://reader:${encodeURIComponent(password)}@`);
  const [dbtManifestHttpPath, dbtCatalogHttpPath, results, dbtSourcesHttpPath] = files.map(
    (name) => `${base}/target/${name}.json`,
  );
  return collectSource(DbtSource, {
    type: "dbt",
    serviceName: "wh",
    options: {
      dbtConfigSource: {
        dbtConfigType: "http",
        dbtManifestHttpPath,
        dbtCatalogHttpPath,
        dbtRunResultsHttpPath: [results],
        dbtSourcesHttpPath,
      },
    },
    marks,
    http: { defaults: { timeoutMs: 4000, deadlineMs: 12_000, retry: { limit: 4, baseMs: 10, maxWaitMs: 1500 } } },
  });
}

// A file has no pages.
const paged = new Set(["page-cap", "empty-page", "refused-page", "repeated-page"]);
const scenarios = hostileScenarios.map(({ name }) => name).filter((name) => !paged.has(name));

describe("a hostile web server", () => {
  test.each(scenarios)("survives %s", async (name) => {
    const { exitCode } = await runHostileScenario(hostileScenario(name), {
      target: webServer("1.11.16"),
      match: ({ path }) => path.startsWith("/target/"),
      pageCap: 1,
      deadlineMs: 90_000,
      seen: ["databaseService wh", "database bakery", "table sales_by_day", "table raw_sales", "table buyers_history"],
      run: async (url) => outcomeOf(await collect(url)),
    });
    expect(exitCode).toBe(hostileScenario(name).expected === "complete" ? 0 : 3);
  });
});

describe.each(versions)("a server without trouble, artifacts of dbt %s", (version) => {
  test("gives records that the catalog takes, in which no secret stands", async () => {
    const proxy = await startHostileProxy({ target: webServer(version) });
    try {
      const collected = await collect(proxy.url);
      expect([collected.complete, collected.problems, collected.failures]).toEqual([true, [], []]);
      const { records, scopes, warnings, log, failures } = collected;
      const texts = { said: JSON.stringify({ records, scopes, warnings, log, failures }) };
      expect(findCanaries(texts, { password })).toEqual([]);
      expect(collected.secrets).toContain(password);
    } finally {
      await proxy.close();
    }
  });
});

test("each artifact is read once", async () => {
  const asked: string[] = [];
  const server = webServer("1.11.16");
  const proxy = await startHostileProxy({
    target: (request) => {
      asked.push(request.path);
      return server(request);
    },
  });
  try {
    await collect(proxy.url);
    expect(asked.toSorted()).toEqual(files.map((name) => `/target/${name}.json`).toSorted());
  } finally {
    await proxy.close();
  }
});
