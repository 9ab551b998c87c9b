import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { right, type SourceClass } from "@omd/core";
import { basicAuth, offsetPages, type HttpAuth } from "@omd/http";
import { collectSource, hostileScenario, outcomeOf, runHostileScenario } from "@omd/testkit";
import { z } from "zod";

/** The kit before a real server: what it changes is real paging, and what it must find out is known from the server's database. */
const page = z.object({ dags: z.array(z.object({ dag_id: z.string() })), total_entries: z.int() });
const factsShape = z.object({ dags: z.record(z.string(), z.unknown()), counts: z.object({ dags: z.int() }) });

function env(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run npm run test:systems`);
  return value;
}

async function signIn(url: string, api: string): Promise<HttpAuth> {
  const [username, password] = [env("OMD_AIRFLOW_USER"), env("OMD_AIRFLOW_PASSWORD")];
  if (api === "v1") return basicAuth(username, password);
  const response = await fetch(`${url}/auth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await response.json());
  return { headers: () => ({ authorization: `Bearer ${token}` }) };
}

function dagLister(api: string, auth: HttpAuth): SourceClass {
  return {
    create: (config, context) => ({
      async *iter() {
        const baseUrl = String(config.connection["hostPort"]);
        const client = context.http({ name: "airflow", baseUrl, auth });
        const scope = context.ledger.open("airflow/dags");
        const pages = offsetPages(client, {
          limit: 100,
          observer: scope,
          request: (offset, limit) => ({ path: `/api/${api}/dags`, query: { offset, limit } }),
          parse: (value) => {
            const { dags, total_entries: total } = page.parse(value);
            return { rows: dags, total };
          },
        });
        try {
          for await (const dags of pages)
            for (const { dag_id: name } of dags)
              yield right({ kind: "entity", entityType: "pipeline", request: { name, service: context.service } });
          scope.complete();
        } catch (error) {
          scope.fail(error instanceof Error ? error.message : "unknown");
        }
      },
    }),
  };
}

const servers = [
  { api: "v1", prefix: "OMD_AIRFLOW2" },
  { api: "v2", prefix: "OMD_AIRFLOW3" },
];

describe.each(servers)("Airflow's $api behind the hostile proxy", ({ api, prefix }) => {
  const facts = () => factsShape.parse(JSON.parse(readFileSync(env(`${prefix}_FACTS`), "utf8")));

  test("a run without trouble sees the DAGs that the server's database has, over several pages", async () => {
    const { dags, counts } = facts();
    expect(counts.dags).toBeGreaterThan(100);
    const url = env(`${prefix}_URL`);
    const collected = await collectSource(dagLister(api, await signIn(url, api)), { connection: { hostPort: url } });
    expect(collected.complete).toBe(true);
    const names = collected.records.flatMap((record) => (record.kind === "entity" ? [record.request.name ?? ""] : []));
    expect(names.toSorted()).toEqual(Object.keys(dags).toSorted());
  });

  test.each([
    "page-cap",
    "empty-page",
    "refused-page",
    "repeated-page",
    "503-storm",
    "cut-body",
    "forbidden-midway",
    "html-page",
  ])("%s ends as it must", async (name) => {
    const url = env(`${prefix}_URL`);
    const auth = await signIn(url, api);
    const seen = Object.keys(facts().dags).map((id) => `pipeline ${id}`);
    const scenario = hostileScenario(name);
    const outcome = await runHostileScenario(scenario, {
      target: url,
      pageCap: 40,
      deadlineMs: 60_000,
      seen,
      run: async (hostPort) => outcomeOf(await collectSource(dagLister(api, auth), { connection: { hostPort } })),
    });
    expect(outcome.exitCode).toBe(scenario.expected === "complete" ? 0 : 3);
  });
});
