import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "@jest/globals";
import { omd, temporaryDirectory, type Ran } from "./run-omd.ts";

/** Runs a command until it serves, calls `use`, and stops it. */
async function serving(
  args: readonly string[],
  use: (url: string) => Promise<void>,
  { env = {}, signal = "SIGTERM" }: { env?: Record<string, string>; signal?: NodeJS.Signals } = {},
): Promise<Ran> {
  let used: Promise<void> | undefined;
  const ran = await omd(args, {
    env,
    onStderr: (text, kill) => {
      const url = /is served at (\S+)[\s\S]*Ctrl-C/.exec(text)?.[1];
      if (url === undefined || used) return;
      used = use(url).finally(() => {
        kill(signal);
      });
    },
  });
  await used;
  expect(used).toBeDefined();
  return ran;
}

test("omd serve prints its address, answers, and stops at a signal", async () => {
  const home = join(temporaryDirectory().path, "home");
  const args = ["serve", "--port", "0", "--json", "--omd-home", home, "--om-version", "1.11.3"];
  let seen = "";
  const { code, stdout, stderr } = await serving(args, async (url) => {
    seen = url;
    const answer = await fetch(`${url}/api/v1/system/version`);
    expect(await answer.json()).toMatchObject({ version: "1.11.3" });
    const definition = "/api/v1/services/testConnectionDefinitions/name/Airflow.testConnectionDefinition";
    expect((await fetch(url + definition)).status).toBe(200);
    const body = JSON.stringify({ name: "pipes", serviceType: "Airflow" });
    expect((await fetch(`${url}/api/v1/services/pipelineServices`, { method: "PUT", body })).status).toBe(201);
  });
  expect([code, JSON.parse(stdout)]).toEqual([0, { url: seen }]);
  expect(stderr).toContain("SIGTERM: stopping");
  expect(existsSync(join(home, "catalog.db"))).toBe(true);
  const list = await omd(["catalog", "list", "--omd-home", home]);
  expect(list.stdout).toContain("pipes");
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends it well: what was under way is answered and kept",
  async (signal) => {
    const home = join(temporaryDirectory().path, "home");
    const answers: Promise<number>[] = [];
    const { code, stderr } = await serving(
      ["serve", "--port", "0", "--omd-home", home],
      async (url) => {
        for (let at = 0; at < 20; at += 1) {
          const body = JSON.stringify({ name: `pipes_${at}`, serviceType: "Airflow" });
          const path = `${url}/api/v1/services/pipelineServices`;
          answers.push(fetch(path, { method: "PUT", body }).then(({ status }) => status));
        }
        // The first is answered, others are not yet.
        await Promise.race(answers);
      },
      { signal },
    );
    const settled = await Promise.allSettled(answers);
    const written = settled.flatMap((one, at) =>
      one.status === "fulfilled" && one.value === 201 ? [`pipes_${at}`] : [],
    );
    expect(written.length).toBeGreaterThan(0);
    expect([code, stderr.trimEnd().split("\n").at(-1)]).toEqual([
      0,
      "Stopped. Everything that was answered is in the catalog.",
    ]);
    const list = await omd(["catalog", "list", "--type", "pipelineService", "--omd-home", home]);
    for (const name of written) expect(list.stdout).toContain(name);
  },
);

test.each([
  ["the address", [], ""],
  ["a page", ["--page", "/lineage/table/shop.public.orders"], "/lineage/table/shop.public.orders"],
])("omd ui opens the browser with %s", async (_what, args, page) => {
  if (process.platform !== "linux") return;
  const { path } = temporaryDirectory();
  const bin = join(path, "bin");
  mkdirSync(bin);
  const opened = join(path, "opened");
  writeFileSync(join(bin, "xdg-open"), `#!/bin/sh\nprintf %s "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`);
  chmodSync(join(bin, "xdg-open"), 0o755);
  let seen = "";
  const env = { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  await serving(
    ["ui", "--port", "0", "--omd-home", join(path, "home"), ...args],
    async (url) => {
      seen = url;
      const end = Date.now() + 10_000;
      while (!existsSync(opened) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    { env },
  );
  expect(readFileSync(opened, "utf8")).toBe(`${seen}${page}`);
});

test("omd ui opens the page of the server that serves the same catalog at that port, and no other", async () => {
  if (process.platform !== "linux") return;
  const { path } = temporaryDirectory();
  const bin = join(path, "bin");
  mkdirSync(bin);
  const opened = join(path, "opened");
  writeFileSync(join(bin, "xdg-open"), `#!/bin/sh\nprintf %s "$1" > ${opened}\n`);
  chmodSync(join(bin, "xdg-open"), 0o755);
  const env = { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  const home = join(path, "home");
  const token = join(path, "token");
  writeFileSync(token, "s3cret");
  await serving(["serve", "--port", "0", "--token-file", token, "--omd-home", home], async (url) => {
    const { port } = new URL(url);
    const same = await omd(["ui", "--port", port, "--page", "/runs", "--json", "--omd-home", home], { env });
    expect([same.code, JSON.parse(same.stdout)]).toEqual([0, { url }]);
    expect(same.stderr).toContain(`served at ${url} already`);
    const end = Date.now() + 10_000;
    while (!existsSync(opened) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readFileSync(opened, "utf8")).toBe(`${url}/runs`);
    const other = await omd(["ui", "--port", port, "--omd-home", join(path, "other")], { env });
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining(`Port ${port} of 127.0.0.1 is in use`)]);
  });
});

test("what can't be served is a usage error with a hint", async () => {
  const home = ["--omd-home", join(temporaryDirectory().path, "home")];
  const open = await omd(["serve", "--port", "0", "--host", "0.0.0.0", ...home]);
  expect([open.code, open.stdout]).toEqual([2, ""]);
  expect(open.stderr).toMatch(/^omd: Whoever reaches 0\.0\.0\.0 .* \[OMD_CONFIG\]\n {2}.*--token-file/);
  const token = await omd(["serve", "--port", "0", "--token-file", "/none", ...home]);
  expect([token.code, token.stderr]).toEqual([2, expect.stringMatching(/^omd: The file \/none .* \[OMD_CONFIG\]\n/)]);
  const version = await omd(["serve", "--port", "0", "--om-version", "new", ...home]);
  expect([version.code, version.stderr]).toEqual([2, expect.stringContaining("--om-version")]);
  const namespaces = join(temporaryDirectory().path, "namespaces.yaml");
  writeFileSync(namespaces, "namespaceToServiceMapping:\n  postgres://db: 5\n");
  const mapped = await omd(["serve", "--port", "0", "--namespaces", namespaces, ...home]);
  expect([mapped.code, mapped.stderr]).toEqual([
    2,
    expect.stringContaining(`${namespaces}:2:18 namespaceToServiceMapping.postgres://db: expected text, got a number`),
  ]);
  const kept = await omd(["serve", "--port", "0", "--keep-events", "0", ...home]);
  expect([kept.code, kept.stderr]).toEqual([2, expect.stringContaining("--keep-events must be a number of days")]);
  const half = await omd(["serve", "--port", "0", "--tls-cert", "cert.pem", ...home]);
  expect([half.code, half.stderr]).toEqual([2, expect.stringContaining("--tls-key")]);
});
