import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { exchangeSchema, startRecordingProxy, type Exchange, type RecordingProxy } from "./recording-proxy.ts";

let dir: string;
let server: Server;
let proxy: RecordingProxy;
const seen: { url?: string | undefined; authorization?: string | undefined; body: string }[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "omd-proxy-"));
  seen.length = 0;
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      seen.push({ url: request.url, authorization: request.headers.authorization, body });
      if (request.method === "DELETE") response.writeHead(204).end();
      else
        response
          .writeHead(201, { "content-type": "application/json" })
          .end(JSON.stringify({ path: "/home/me/x", password: "canary-answer" }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  proxy = await startRecordingProxy(`http://127.0.0.1:${String(port)}`, new Map([["/home/me", "/place"]]));
});
afterEach(async () => {
  await proxy.close();
  if (server.listening) {
    server.close();
    await once(server, "close");
  }
  rmSync(dir, { recursive: true });
});

const put = (path: string, body: object): Promise<Response> =>
  fetch(proxy.hostPort + path, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: "Bearer canary-token" },
    body: JSON.stringify(body),
  });
const recorded = (file: string): Exchange[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => exchangeSchema.parse(JSON.parse(line)));

test("both sides see each other unchanged; the recording has no token, no secret, no path of this machine", async () => {
  const file = join(dir, "a.jsonl");
  proxy.recordTo(file);
  const answer = await put("/v1/tables/name/a%2Fb?fields=*", { file: "/home/me/shop.db", jwtToken: "canary-body" });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual({ path: "/home/me/x", password: "canary-answer" });
  expect(seen).toEqual([
    {
      url: "/api/v1/tables/name/a%2Fb?fields=*",
      authorization: "Bearer canary-token",
      body: JSON.stringify({ file: "/home/me/shop.db", jwtToken: "canary-body" }),
    },
  ]);
  await fetch(`${proxy.hostPort}/v1/tables/1`, { method: "DELETE" });
  expect(recorded(file)).toEqual([
    {
      method: "PUT",
      path: "/api/v1/tables/name/a%2Fb",
      query: "fields=*",
      contentType: "application/json",
      body: { file: "/place/shop.db", jwtToken: "*********" },
      status: 201,
      answer: { path: "/place/x", password: "*********" },
    },
    { method: "DELETE", path: "/api/v1/tables/1", query: "", status: 204 },
  ]);
  expect(readFileSync(file, "utf8")).not.toContain("canary");
});

test("nothing is written while no file is named", async () => {
  await put("/v1/tables", {});
  const file = join(dir, "b.jsonl");
  proxy.recordTo(file);
  proxy.recordTo(undefined);
  await put("/v1/tables", {});
  expect(existsSync(file)).toBe(false);
});

test("a server that is gone is a 502 in the API's own form", async () => {
  server.close();
  await once(server, "close");
  const answer = await put("/v1/tables", {});
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({ code: 502 });
});
