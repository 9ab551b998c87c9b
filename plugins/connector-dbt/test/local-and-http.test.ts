import { afterEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readManifest } from "../src/index.ts";
import { all, failure, fixture, fixturePath, text } from "./bytes.ts";
import { contents, FakePlaceContext, listed, projectsOf } from "./place-context.ts";

const folders: string[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

function folder(...names: string[]): string {
  const path = mkdtempSync(join(tmpdir(), "omd-dbt-"));
  folders.push(path);
  for (const name of names) writeFileSync(join(path, name), "{}");
  return path;
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

describe("local", () => {
  test("the paths that are given, and no others", async () => {
    const at = (name: string) => fixturePath("1.8.8", name);
    const [project] = await projectsOf({
      dbtConfigType: "local",
      dbtManifestFilePath: at("manifest.json"),
      dbtRunResultsFilePath: [at("run_results.run.json"), at("run_results.test.json")],
      dbtSourcesFilePath: at("sources.json"),
    });
    expect(project?.artifacts().map(({ kind }) => kind)).toEqual(["manifest", "runResults", "runResults", "sources"]);
    const manifest = project?.artifacts()[0];
    expect(manifest?.bytes).toBe(fixture("1.8.8", "manifest.json").length);
    if (manifest === undefined) return;
    expect((await all(readManifest(manifest.open(), manifest.file))).length).toBeGreaterThan(20);
  });

  test("a directory: what has exactly the names that dbt gives", async () => {
    const path = folder(
      "manifest.json",
      "semantic_manifest.json",
      "catalog.json.gz",
      "run_results.json",
      "run_results_2.json",
      "my_manifest.json",
      "manifest.json.bak",
      "run_results.json.bak",
      "my_run_results_notes.json",
      "graph_summary.json",
    );
    const [project] = await projectsOf({ dbtConfigType: "local", dbtManifestFilePath: path });
    expect(listed(project).map((line) => line.replace(`${path}/`, ""))).toEqual([
      "manifest manifest.json",
      "catalog catalog.json.gz",
      "semanticManifest semantic_manifest.json",
      "runResults run_results.json",
      "runResults run_results_2.json",
    ]);
  });

  test("run results count under every name that people keep them by", async () => {
    const names = [
      "run_results 2.json",
      "run_results-build.json",
      "run_results.json",
      "run_results1.json",
      "run_results2026.json.gz",
      "dev-run_results.json",
      "old.run_results.json",
      "prod_run_results.json.gz",
    ];
    const path = folder("manifest.json", "rerun_results.json", "run_results.txt", ...names);
    const [project] = await projectsOf({ dbtConfigType: "local", dbtManifestFilePath: path });
    const runs = project?.artifacts().filter(({ kind }) => kind === "runResults") ?? [];
    expect(runs.map(({ file }) => file.slice(path.length + 1)).toSorted()).toEqual(names.toSorted());
    expect(runs.filter(({ isGuess }) => isGuess !== true).map(({ file }) => file.slice(path.length + 1))).toEqual([
      "run_results-build.json",
      "run_results.json",
    ]);
  });

  test.each([
    ["a directory without a manifest", () => folder("catalog.json"), "no manifest.json in"],
    ["a path that is not there", () => "/nowhere/manifest.json", "/nowhere/manifest.json is not there"],
  ])("%s", async (_, path, message) => {
    const error = await failure(projectsOf({ dbtConfigType: "local", dbtManifestFilePath: path() }));
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  test("a named file that is not there, or is none, is met when it is read", async () => {
    const path = folder("manifest.json", "run_results.json");
    const [project] = await projectsOf({
      dbtConfigType: "local",
      dbtManifestFilePath: join(path, "manifest.json"),
      dbtCatalogFilePath: path,
      dbtRunResultsFilePath: [join(path, "run_results.json"), join(path, "run_results_2.json")],
    });
    expect(listed(project).toSorted()).toEqual([
      `catalog ${path}`,
      `manifest ${join(path, "manifest.json")}`,
      `runResults ${join(path, "run_results.json")}`,
      `runResults ${join(path, "run_results_2.json")}`,
    ]);
    const read = async (file: string): Promise<string> => {
      const artifact = project?.artifacts().find((one) => one.file === file);
      return artifact === undefined ? "" : text(artifact.open());
    };
    expect((await failure(read(path))).message).toBe(`dbtCatalogFilePath: ${path} is a directory`);
    const missing = join(path, "run_results_2.json");
    expect((await failure(read(missing))).message).toBe(`dbtRunResultsFilePath: ${missing} is not there`);
    expect(await read(join(path, "run_results.json"))).toBe("{}");
  });
});

describe("http", () => {
  const large = Buffer.alloc(20_000_000, '{"large": "yes"} ');

  test("a large file comes in parts, where the server knows ranges", async () => {
    const ranges: (string | undefined)[] = [];
    let failed = false;
    const origin = await serve((asked, response) => {
      const { range = "" } = asked.headers;
      ranges.push(range);
      const [from = 0, to = 0] = range.replace("bytes=", "").split("-").map(Number);
      if (from > 0 && !failed) {
        failed = true;
        response.writeHead(503).end();
        return;
      }
      const part = large.subarray(from, to + 1);
      const head = { "content-range": `bytes ${from}-${from + part.length - 1}/${large.length}`, etag: '"1"' };
      response.writeHead(206, head).end(part);
    });
    const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: `${origin}/m.json` });
    expect((await contents(project))[`${origin}/m.json`]).toBe(large.toString());
    expect(ranges).toEqual([
      "bytes=0-8388607",
      "bytes=8388608-16777215",
      "bytes=8388608-16777215",
      "bytes=16777216-25165823",
    ]);
  });

  test("a file that is written anew meanwhile is an error", async () => {
    let count = 0;
    const origin = await serve((asked, response) => {
      count += 1;
      const [from = 0, to = 0] = (asked.headers.range ?? "").replace("bytes=", "").split("-").map(Number);
      const part = large.subarray(from, to + 1);
      const head = { "content-range": `bytes ${from}-${from + part.length - 1}/${large.length}`, etag: `"${count}"` };
      response.writeHead(206, head).end(part);
    });
    const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: `${origin}/m.json` });
    expect((await failure(contents(project))).message).toBe(`${origin}/m.json was written anew while it was read`);
  });

  test.each([
    ["a server without ranges", (response: Parameters<RequestListener>[1]) => void response.end("{}"), "{}"],
    [
      "a file that is stored packed",
      (response: Parameters<RequestListener>[1]) =>
        void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"a": 1}')),
      '{"a": 1}',
    ],
    [
      "an empty file",
      (response: Parameters<RequestListener>[1]) =>
        void response.writeHead(416, { "content-range": "bytes */0" }).end("no such range"),
      "",
    ],
  ])("%s", async (_, answer, content) => {
    const origin = await serve((__, response) => answer(response));
    const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: `${origin}/m.json` });
    expect(await contents(project)).toEqual({ [`${origin}/m.json`]: content });
  });

  test("a packed file of which the server gives parts is asked for whole", async () => {
    const packed = gzipSync(JSON.stringify({ a: Array.from({ length: 20_000 }, (_, at) => Math.sin(at)) }));
    const origin = await serve((asked, response) => {
      const head = { "content-encoding": "gzip", "content-range": `bytes 0-99/${packed.length}` };
      if (asked.headers.range === undefined) response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
      else response.writeHead(206, head).end(packed.subarray(0, 100));
    });
    const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: `${origin}/m.json` });
    expect((await contents(project))[`${origin}/m.json`]).toHaveLength(
      JSON.stringify({ a: Array.from({ length: 20_000 }, (_, at) => Math.sin(at)) }).length,
    );
  });

  test("login and signature stay secret", async () => {
    const asked: unknown[] = [];
    const origin = await serve((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      response.end("{}");
    });
    const context = new FakePlaceContext();
    const url = `${origin.replace("//", "//ann:hidden%21@")}/m.json?sig=0123456789abcdef`;
    const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: url }, context);
    expect(listed(project)).toEqual([`manifest ${origin}/m.json`]);
    await contents(project);
    expect(asked).toEqual([["/m.json?sig=0123456789abcdef", `Basic ${Buffer.from("ann:hidden!").toString("base64")}`]]);
    expect(context.secrets).toEqual(["0123456789abcdef", "hidden!"]);
  });

  test("redirects are followed part by part, without the login", async () => {
    const stored: unknown[] = [];
    const store = await serve((asked, response) => {
      stored.push([asked.url, asked.headers.authorization, asked.headers.cookie]);
      response.end("{}");
    });
    const origin = await serve((_, response) => {
      response.writeHead(302, { location: `${store}/file?Signature=canary0123456789` }).end();
    });
    const login = origin.replace("//", "//ann:hidden%21@");
    const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: `${login}/m.json` });
    expect(await contents(project)).toEqual({ [`${origin}/m.json`]: "{}" });
    expect(new Set(stored.map(String))).toEqual(new Set(["/file?Signature=canary0123456789,,"]));
  });

  test("a redirect that goes round is an error that names the key and no query", async () => {
    const origin = await serve((asked, response) => {
      if (asked.url === "/m.json") response.end("{}");
      else response.writeHead(302, { location: asked.url }).end();
    });
    const [project] = await projectsOf({
      dbtConfigType: "http",
      dbtManifestHttpPath: `${origin}/m.json`,
      dbtCatalogHttpPath: `${origin}/c.json?Policy=canary0123456789`,
    });
    const error = await failure(contents(project));
    expect(error.message).toContain(`GET ${origin}/c.json?*** answered 302, a redirect to ${origin}/c.json that goes`);
    expect(error.message).toContain("check dbtCatalogHttpPath");
    expect(error.message).not.toContain("canary");
  });

  describe("the check", () => {
    const reach = async (answer: RequestListener, path = "/m.json"): Promise<string> => {
      const origin = await serve(answer);
      const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: origin + path });
      await project?.reach?.();
      return origin;
    };

    test("asks for the beginning of the manifest, and reads no more of it from a server without ranges", async () => {
      const asked: (string | undefined)[] = [];
      let sent = 0;
      await reach((request, response) => {
        asked.push(request.method, request.headers.range);
        response.writeHead(200, { "content-length": large.length });
        const send = (): void => {
          if (response.destroyed || sent >= large.length) return;
          const part = large.subarray(sent, sent + 65_536);
          sent += part.length;
          response.write(part, () => setImmediate(send));
        };
        send();
      });
      expect(asked).toEqual(["GET", "bytes=0-255"]);
      expect(sent).toBeLessThan(large.length);
    });

    test.each([
      ["a part", 206, '{"metadata": ', {}],
      ["an empty file, which its reading tells", 416, "none", {}],
      ["packed bytes", 200, gzipSync("{}"), { "content-encoding": "gzip" }],
      ["a packed file", 200, gzipSync("{}"), {}],
    ])("takes %s", async (_, status, body, head) => {
      await expect(reach((__, response) => void response.writeHead(status, head).end(body))).resolves.toBeTruthy();
    });

    test.each([
      [404, "answered 404", "it must give manifest.json itself"],
      [401, "answered 401: the server does not accept the credentials", "user:password@"],
      [403, "answered 403: the user lacks a permission", "still valid"],
      [410, "answered 410", "reachable from here"],
    ])("fails on %i and says what to do", async (status, message, hint) => {
      const secret = "/m.json?Signature=canary0123456789";
      const error = await failure(reach((_, response) => void response.writeHead(status).end(), secret));
      expect(error.message).toMatch(/^dbtManifestHttpPath: dbt-artifacts: GET http:.+\/m\.json\?\*\*\* answered/u);
      expect(error.message).toContain(message);
      expect(error.hint).toContain(hint);
      expect(error.message + String(error.hint)).not.toContain("canary");
    });

    test("fails when nobody listens", async () => {
      const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: "http://127.0.0.1:1/m.json" });
      const error = await failure(project?.reach?.() ?? Promise.resolve());
      expect(error.message).toContain("ECONNREFUSED");
    });

    test("fails on the login page that a redirect leads to", async () => {
      const error = await failure(
        reach((request, response) => {
          if (request.url === "/login") response.end("\n<!doctype html>");
          else response.writeHead(302, { location: "/login" }).end();
        }),
      );
      expect(error.message).toMatch(/\/m\.json answers an HTML or XML page, not manifest\.json$/u);
      expect(error.hint).toContain("login page");
    });
  });

  test("a missing file is the error of its reading", async () => {
    const origin = await serve((_, response) => void response.writeHead(404).end());
    const [project] = await projectsOf({ dbtConfigType: "http", dbtManifestHttpPath: `${origin}/m.json` });
    expect(await failure(contents(project))).toMatchObject({ code: "ERR_NOT_FOUND" });
  });
});
