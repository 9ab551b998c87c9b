import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startServer, type RunningServer } from "./serve.ts";

let folder: string;
let server: RunningServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "omd-client-errors-"));
  server = await startServer({ omdHome: folder, port: 0 });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends bytes as they are, keeps its own side open, and reads until the server hangs up. */
function send(text: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let read = "";
  const socket = connect({ port: Number(new URL(server.url).port), host: "127.0.0.1", allowHalfOpen: true }, () => {
    socket.write(text);
  });
  socket.on("data", (chunk) => (read += chunk.toString()));
  socket.on("error", reject);
  socket.on("end", () => {
    socket.destroy();
    const [head = "", body = ""] = read.split("\r\n\r\n");
    const lines = head.split("\r\n").slice(1);
    const headers = new Headers(lines.map((line) => line.split(": ", 2) as [string, string]));
    resolve({ status: Number(head.slice(9, 12)), headers, body });
  });
  return promise;
}

test.each<[string, number, string]>([
  ["GET /api/v1/tables/name/" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 431, "16 KiB"],
  ["GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + "a".repeat(2_000_000) + "\r\n\r\n", 431, "16 KiB"],
  ["what is this\r\n\r\n", 400, "Invalid method"],
  ["FETCH / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "Invalid method"],
  ["GET / HTTP/1.1\r\nHost localhost\r\n\r\n", 400, "Invalid header"],
  ["PUT /api/v1/tables HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "chunk size"],
  ["GET /api/v1/tables HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "Host header is missing"],
  ["GET /api/v1/tables/name/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400, "%zz"],
])("%.40s is answered in JSON, and the connection ends", async (text, status, words) => {
  const { headers, body, ...answer } = await send(text);
  expect(answer.status).toBe(status);
  expect(headers.get("content-type")).toMatch(/^application\/json/);
  expect(headers.get("connection")).toBe("close");
  expect(Number(headers.get("content-length"))).toBe(Buffer.byteLength(body));
  expect(JSON.parse(body)).toEqual({ code: status, message: expect.stringContaining(words) });
});
