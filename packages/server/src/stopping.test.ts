import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { openTestApp } from "../test/test-app.ts";

test("what comes over an open connection while the server stops is refused as JSON", async () => {
  const server = openTestApp();
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  // Half a request, so that the connection is not idle and stays.
  socket.write("PUT /api/v1/databases HTTP/1.1\r\nHost: localhost\r\n");
  await once(server.app.server, "connection", { signal: AbortSignal.timeout(50) }).catch(() => undefined);
  const closed = server.app.close();
  const answer: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => answer.push(chunk));
  setTimeout(() => socket.write("Content-Length: 2\r\n\r\n{}"), 50);
  await once(socket, "close");
  await closed;
  await server.catalog.close();
  const [head = "", body = ""] = Buffer.concat(answer).toString().split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 503 /);
  expect(head.toLowerCase()).toContain("connection: close");
  expect(JSON.parse(body)).toEqual({ code: 503, message: "The server is stopping; what was asked is not done" });
  expect(server.logged).toEqual([]);
});
