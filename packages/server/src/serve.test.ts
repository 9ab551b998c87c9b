import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startServer, type RunningServer, type ServeOptions } from "./serve.ts";

let folder: string;
const running: RunningServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omd-serve-"));
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<ServeOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ omdHome: join(folder, "home"), port: 0, connectors: ["Airflow"], ...options });
  running.push(server);
  return server;
}

interface Answer {
  status: number | undefined;
  headers: Readonly<Record<string, unknown>>;
  body: string;
}

/** As any client would send it: `fetch` sets Host and Origin by itself. */
function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const send = url.startsWith("https") ? secureRequest : request;
  const call = send(url, { method: options.method, headers: options.headers, rejectUnauthorized: false }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("end", () => {
      resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString() });
    });
  });
  call.on("error", reject);
  call.end(options.body);
  return promise;
}

const service = JSON.stringify({ name: "pipes", serviceType: "Airflow" });
const putService = (url: string, headers: Record<string, string> = {}) =>
  ask(`${url}/api/v1/services/pipelineServices`, { method: "PUT", body: service, headers });

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
  return path;
}

test("what was answered is there after a restart, and read right after the write", async () => {
  const first = await start();
  expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await putService(first.url, { authorization: "Bearer whatever" })).status).toBe(201);
  const path = "/api/v1/services/pipelineServices/name/pipes";
  expect((await ask(first.url + path)).status).toBe(200);
  // Clients ask for these before anything else.
  const definition = "/api/v1/services/testConnectionDefinitions/name/Airflow.testConnectionDefinition";
  expect((await ask(first.url + definition)).status).toBe(200);
  await first.close();
  const second = await start();
  const { href } = JSON.parse((await ask(second.url + path)).body) as { href: string };
  expect(href.startsWith(`${second.url}/api/v1/services/pipelineServices/`)).toBe(true);
});

test("calls under way are answered before the server ends", async () => {
  const server = await start();
  const calls = Array.from({ length: 20 }, () => putService(server.url));
  await Promise.race(calls);
  await server.close();
  const answers = await Promise.allSettled(calls);
  const statuses = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.status] : []));
  expect(statuses).toContain(201);
  // What came too late was not taken at all.
  for (const status of statuses) expect([200, 201, 503]).toContain(status);
  await expect(ask(`${server.url}/api/v1/system/version`)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);
});

test("an address that others reach needs a token", async () => {
  await expect(start({ host: "0.0.0.0" })).rejects.toMatchObject({
    code: "OMD_CONFIG",
    hint: expect.stringContaining("--token-file"),
  });
  await expect(start({ tokenFile: join(folder, "none") })).rejects.toMatchObject({ code: "OMD_CONFIG" });
  await expect(start({ tokenFile: file("empty", "\n") })).rejects.toMatchObject({ code: "OMD_CONFIG" });
});

test("with a token file each call of the API must carry the token", async () => {
  const server = await start({ host: "0.0.0.0", tokenFile: file("token", "s3cret\n") });
  const none = await putService(server.url);
  expect(none.status).toBe(401);
  expect(JSON.parse(none.body)).toEqual({ code: 401, message: "Token not present" });
  expect(none.headers["www-authenticate"]).toBe("om-auth");
  for (const wrong of ["Bearer s3cre", "Bearer s3cret1", "Basic s3cret"])
    expect((await putService(server.url, { authorization: wrong })).status).toBe(401);
  expect((await putService(server.url, { authorization: "Bearer s3cret" })).status).toBe(201);
  expect((await ask(`${server.url}/api/v1/system/version`)).status).toBe(200);
  expect((await ask(`${server.url}/api/omd/types`)).status).toBe(401);
});

test("a name bound to this address and pages of other sites are refused", async () => {
  const { url } = await start();
  const path = `${url}/api/v1/system/version`;
  expect((await ask(path, { headers: { host: "evil.example:80" } })).status).toBe(403);
  expect((await ask(path, { headers: { host: new URL(url).host.replace("127.0.0.1", "localhost") } })).status).toBe(
    200,
  );
  expect((await putService(url, { origin: "https://evil.example" })).status).toBe(403);
  expect((await putService(url, { origin: "null" })).status).toBe(403);
  expect((await putService(url, { origin: url })).status).toBe(201);
});

test("the page is served with its own paths, and with headers that keep it safe", async () => {
  const page = join(folder, "dist");
  mkdirSync(join(page, "assets"), { recursive: true });
  writeFileSync(join(page, "index.html"), "<title>omd</title>");
  writeFileSync(join(page, "assets", "app-1.js"), "1");
  file("secret.txt", "not for you");
  const { url } = await start({ pageDirectory: page });
  for (const path of ["/", "/entity/table/a.b.c.js", "/lineage?id=1", "/..%2Fsecret.txt"])
    expect(await ask(url + path)).toMatchObject({ status: 200, body: "<title>omd</title>" });
  const { headers } = await ask(url);
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-cache",
  });
  const scripts = /script-src ([^;]*)/.exec(String(headers["content-security-policy"]))?.[1];
  expect(scripts).toBe("'self'");
  const bundle = await ask(`${url}/assets/app-1.js`);
  expect([bundle.body, bundle.headers["cache-control"]]).toEqual(["1", "public, max-age=31536000, immutable"]);
  expect((await ask(`${url}/assets/gone.js`)).status).toBe(404);
  const missing = await ask(`${url}/api/v1/nothing`);
  expect([missing.status, missing.headers["content-type"]]).toEqual([404, "application/json; charset=utf-8"]);
  expect(missing.headers["cache-control"]).toBe("no-store");
});

test("without a built page it says so", async () => {
  const { url } = await start({ pageDirectory: join(folder, "nothing") });
  const { status, body } = await ask(url);
  expect([status, body]).toEqual([503, expect.stringContaining("is not built")]);
});

test("it speaks HTTPS with the files it is given, and says what is wrong with them", async () => {
  const certFile = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-keyout", keyFile, "-out", certFile];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", ...subject],
    { stdio: "ignore" },
  );
  const { url } = await start({ tls: { certFile, keyFile } });
  expect(url).toMatch(/^https:/);
  const { body } = await putService(url, { origin: url });
  expect((JSON.parse(body) as { href: string }).href.startsWith(`${url}/`)).toBe(true);
  const other = { omdHome: join(folder, "other") };
  await expect(start({ ...other, tls: { certFile, keyFile: file("bad", "no key") } })).rejects.toMatchObject({
    code: "OMD_CONFIG",
  });
  await expect(start({ ...other, tls: { certFile, keyFile: join(folder, "none") } })).rejects.toMatchObject({
    code: "OMD_CONFIG",
  });
});

test("a port that is taken is named", async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  await expect(start({ port, omdHome: join(folder, "other") })).rejects.toMatchObject({
    message: expect.stringContaining(`Port ${String(port)}`),
    hint: expect.stringContaining("--port"),
  });
});

test("a file that another process holds: a clear answer, and what was written before stays", async () => {
  const logged: string[] = [];
  const { url } = await start({ busyTimeoutMs: 50, log: (text) => logged.push(text) });
  expect((await putService(url)).status).toBe(201);
  const other = new DatabaseSync(join(folder, "home", "catalog.db"));
  other.exec("BEGIN IMMEDIATE");
  const body = JSON.stringify({ name: "late", serviceType: "Airflow" });
  const late = () => ask(`${url}/api/v1/services/pipelineServices`, { method: "PUT", body });
  const refused = await late();
  expect(refused.status).toBe(503);
  expect(JSON.parse(refused.body)).toMatchObject({
    code: 503,
    message: expect.stringContaining("is locked by another process"),
  });
  expect(logged.join()).not.toContain("    at ");
  expect((await ask(`${url}/api/v1/services/pipelineServices/name/pipes`)).status).toBe(200);
  other.exec("ROLLBACK");
  other.close();
  expect((await late()).status).toBe(201);
});

test("two servers on one file see each other's writes", async () => {
  const [first, second] = [await start(), await start()];
  expect((await putService(first.url)).status).toBe(201);
  expect((await putService(second.url)).status).toBe(200);
});

test("a file that is no catalog is refused", async () => {
  mkdirSync(join(folder, "home"));
  writeFileSync(join(folder, "home", "catalog.db"), "no database ".repeat(200));
  await expect(start()).rejects.toMatchObject({
    code: "OMD_CATALOG",
    message: expect.stringContaining("is not a catalog"),
  });
});
