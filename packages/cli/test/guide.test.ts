import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { omd, repositoryRoot, temporaryDirectory } from "./run-omd.ts";

/** The class and the YAML that docs/connectors.md shows, word for word, against a server as the YAML's comment describes it. */
const guide = readFileSync(join(repositoryRoot, "docs/connectors.md"), "utf8");
const block = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(guide)?.[1] ?? "";
const place = temporaryDirectory();
const names = Array.from({ length: 130 }, (_, at) => `job ${at}.x`);
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://jobs");
    const from = Number(searchParams.get("offset"));
    const jobs = names
      .slice(from, from + Math.min(100, Number(searchParams.get("limit") ?? 10)))
      .map((name) => ({ name }));
    response.setHeader("content-type", "application/json").end(JSON.stringify({ jobs, total: names.length }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  mkdirSync(join(place.path, "connector"));
  writeFileSync(join(place.path, "connector/my_awesome_connector.ts"), block("ts"));
  writeFileSync(join(place.path, "mine.yaml"), block("yaml").replace("127.0.0.1:8080", `127.0.0.1:${port}`));
});
afterAll(() => {
  server.close();
});

function run(...args: string[]) {
  return omd(args, { cwd: place.path, env: { OMD_HOME: join(place.path, ".omd") } });
}

test("the connector of the guide runs from a folder with nothing installed", async () => {
  expect(await run("check", "-c", "mine.yaml")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/CheckAccess +passed +130 jobs/),
  });
  const ingested = await run("ingest", "-c", "mine.yaml");
  expect(ingested).toMatchObject({ code: 0, stdout: expect.stringMatching(/mine\/jobs +complete +130 +130/) });
  const listed = await run("catalog", "list", "--type", "pipeline", "--json");
  expect(
    (JSON.parse(listed.stdout) as { fullyQualifiedName: string }[]).map((found) => found.fullyQualifiedName).sort(),
  ).toEqual(names.map((name) => `mine."${name}"`).sort());
});

test("what is gone at its server is marked deleted, within the guard", async () => {
  names.splice(0, 2);
  const { code, stdout } = await run("ingest", "-c", "mine.yaml");
  expect([code, stdout]).toEqual([0, expect.stringContaining('Marked deleted: 2\n  mine."job 0.x"\n  mine."job 1.x"')]);
});

test("a mistake in its options has its line", async () => {
  writeFileSync(join(place.path, "bad.yaml"), block("yaml").replace("url:", "ur:"));
  const { code, stderr } = await run("ingest", "-c", "bad.yaml");
  expect(code).toBe(2);
  expect(stderr).toMatch(/bad\.yaml:8:\d+ source\.serviceConnection\.config\.connectionOptions\.url: missing key/);
});
