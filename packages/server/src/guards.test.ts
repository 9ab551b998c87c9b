import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startServer, type RunningServer } from "./serve.ts";

let folder: string;
let server: RunningServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "omd-guards-"));
  const pageDirectory = join(folder, "dist");
  mkdirSync(join(pageDirectory, "assets"), { recursive: true });
  writeFileSync(join(pageDirectory, "index.html"), "<title>omd</title>");
  writeFileSync(join(folder, "token"), "s3cret");
  const tokenFile = join(folder, "token");
  server = await startServer({ omdHome: folder, host: "0.0.0.0", port: 0, tokenFile, pageDirectory });
  const body = JSON.stringify({ name: "pipes", serviceType: "Airflow" });
  expect((await send("PUT", "/api/v1/services/pipelineServices", withToken, body)).status).toBe(201);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const withToken = "Authorization: Bearer s3cret\r\n";

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends the target as it is: clients tidy what they are given. */
function send(method: string, target: string, headers = "", body = ""): Promise<Answer> {
  const { hostname, port } = new URL(server.url);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let text = "";
  const socket = connect(Number(port), hostname, () => {
    const length = body === "" ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    socket.write(
      `${method} ${target} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n${length}${headers}\r\n${body}`,
    );
  });
  socket.on("data", (chunk) => (text += chunk.toString()));
  socket.on("error", reject);
  socket.on("close", () => {
    const end = text.indexOf("\r\n\r\n");
    resolve({ status: Number(text.slice(9, 12)), head: text.slice(0, end).toLowerCase(), body: text.slice(end + 4) });
  });
  return promise;
}

/** Ways to write a target that the router reads as the list of services. */
const spellings = [
  "/api/v1/services/pipelineServices",
  "/api/v1/services/pipelineServices?limit=1",
  "/%61pi/v1/services/pipelineServices",
  "/%61%70%69/%76%31/services/pipelineServices",
  "http://127.0.0.1/api/v1/services/pipelineServices",
  "http://elsewhere.example:1/api/v1/services/pipelineServices",
  "HTTPS://x/%61pi/v1/services/pipelineServices",
];

test.each(spellings)("%s is one target: it needs the token, and is answered alike with it", async (target) => {
  for (const method of ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"])
    expect([method, (await send(method, target)).status]).toEqual([method, 401]);
  const { status, head, body } = await send("GET", target, withToken);
  expect(status).toBe(200);
  expect(head).toContain("cache-control: no-store");
  const { data } = JSON.parse(body) as { data: { name: string; href: string }[] };
  expect(data).toEqual([
    expect.objectContaining({ name: "pipes", href: expect.stringMatching(/^http:\/\/127\.0\.0\.1\/api\/v1\//) }),
  ]);
});

test.each([
  "/api",
  "/api/",
  "/api/v1/nothing",
  "/%61pi/v1/nothing",
  "/api/v1/tables/",
  "/api/v1//tables",
  "/api/v1/tables;x=1",
  "/api/v1/../v1/tables",
  "/api/./v1/tables",
  "http://127.0.0.1/api/omd/types",
  "/api/omd/nothing",
])("%s needs the token too, whether or not there is such a route", async (target) => {
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
    expect([method, (await send(method, target)).status]).toEqual([method, 401]);
});

test.each(["//api/v1/tables", "/x/../api/v1/tables", "/;/api/v1/tables", "/api%2Fv1%2Ftables", "/API/v1/tables", "/"])(
  "%s is a path of the page, never of the API",
  async (target) => {
    expect(await send("GET", target)).toMatchObject({ status: 200, body: "<title>omd</title>" });
    expect((await send("PUT", target)).status).toBe(401);
  },
);

test("only the version is told without a token", async () => {
  for (const target of ["/api/v1/system/version", "/%61pi/v1/system/version"])
    expect((await send("GET", target)).status).toBe(200);
  expect((await send("HEAD", "/api/v1/system/version")).status).toBe(200);
  expect((await send("PUT", "/api/v1/system/version")).status).toBe(401);
  expect((await send("PUT", "/api/v1/nothing", withToken)).status).toBe(405);
  const unknown = await send("GET", "/api/v1/nothing", withToken);
  expect([unknown.status, JSON.parse(unknown.body)]).toEqual([404, { code: 404, message: "HTTP 404 Not Found" }]);
  expect((await send("GET", "/assets/gone.js")).status).toBe(404);
});
