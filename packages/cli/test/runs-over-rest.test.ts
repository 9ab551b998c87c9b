import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startServer, type RunningServer } from "@omd/server";
import { csvExample, omd, temporaryDirectory, type Ran } from "./run-omd.ts";

/** A client on one machine, `omd serve` on another: each has an OMD_HOME of its own. */
const client = temporaryDirectory().path;
const home = join(temporaryDirectory().path, "served");
const file = join(client, "server.yaml");
let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ omdHome: home, port: 0 });
  const yaml = readFileSync(join(csvExample, "csv-database.yaml"), "utf8").trimEnd();
  writeFileSync(
    file,
    `${yaml}\n  openMetadataServerConfig:\n    hostPort: ${server.url}/api\n    securityConfig:\n      jwtToken: any\n`,
  );
});
afterAll(() => server.close());

const ingest = (...more: string[]): Promise<Ran> =>
  omd(["ingest", "-c", file, "--json", ...more], { cwd: csvExample, env: { OMD_HOME: client } });
const served = (...args: string[]): Promise<Ran> => omd([...args, "--omd-home", home]);

interface Told {
  readonly runId: string;
  readonly writes: Readonly<Record<string, number>>;
}
const told = ({ stdout }: Ran): Told => JSON.parse(stdout) as Told;

describe("runs through omd serve", () => {
  let first: Told;

  test("are known where they wrote: reports, what changed", async () => {
    first = told(await ingest());
    expect(first.writes).toMatchObject({ created: 7, updated: 0 });
    const runs = (await (await fetch(`${server.url}/api/omd/runs`)).json()) as { runs: Told[] };
    expect(runs.runs).toMatchObject([{ runId: first.runId, writes: first.writes }]);
    const shown = (await (await fetch(`${server.url}/api/omd/home`)).json()) as { changes: object };
    expect(shown.changes).toMatchObject({ runId: first.runId, created: 7, updated: 0, deleted: 0 });
    const plan = await omd(["plan", "-c", file, "--json"], { cwd: csvExample, env: { OMD_HOME: client } });
    expect([plan.code, JSON.parse(plan.stdout)]).toMatchObject([0, { entries: [] }]);
  });

  test("are compared and taken back like those into the file, and the next one brings all again", async () => {
    const second = told(await ingest());
    expect(second.writes).toMatchObject({ created: 0, updated: 0, unchanged: 7 });
    const same = await served("catalog", "diff", "latest~1", "latest", "--json");
    expect([same.code, JSON.parse(same.stdout)]).toMatchObject([0, { entities: [], edges: [] }]);
    const back = await served("catalog", "rollback", first.runId.slice(0, 8), "--yes", "--json");
    expect([back.code, (JSON.parse(back.stdout) as { steps: unknown[] }).steps.length]).toEqual([0, 7]);
    expect((await served("catalog", "list", "--type", "table")).stderr).toBe("0 entities\n");
    expect(told(await ingest()).writes["restored"]).toBeGreaterThan(0);
    expect((await served("catalog", "list", "--type", "table")).stderr).toBe("3 entities\n");
  });
});
