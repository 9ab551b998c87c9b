import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";

/** What a test's server was asked. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** `performance.now()` on arrival. */
  readonly at: number;
}

export interface LocalServer {
  readonly url: string;
  readonly asked: Asked[];
  /** Most requests that were open at the same time. */
  readonly peak: () => number;
  close(): Promise<void>;
}

export type Answer = (asked: Asked, response: http.ServerResponse, count: number) => void | Promise<void>;

/** A server on 127.0.0.1 for tests; `answer` gets the number of the request, from 1. */
export async function serve(answer: Answer, tls?: https.ServerOptions): Promise<LocalServer> {
  const asked: Asked[] = [];
  let open = 0;
  let peak = 0;
  const listener: http.RequestListener = (request, response) => {
    const at = performance.now();
    open += 1;
    peak = Math.max(peak, open);
    response.on("close", () => {
      open -= 1;
    });
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one: Asked = {
        method: request.method ?? "",
        url: new URL(request.url ?? "/", "http://local.test"),
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        at,
      };
      asked.push(one);
      void answer(one, response, asked.length);
    });
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    asked,
    peak: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON. */
export function sendJson(
  response: http.ServerResponse,
  value: unknown,
  status = 200,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}
