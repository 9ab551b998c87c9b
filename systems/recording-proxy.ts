import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** One request and its answer, as a line of a recording. */
export const exchangeSchema = z.strictObject({
  method: z.string(),
  /** As it was sent, with its percent encoding. */
  path: z.string(),
  query: z.string(),
  contentType: z.string().optional(),
  /** JSON, or text when it was none. Absent: no body; the same for `answer`. */
  body: z.unknown().optional(),
  status: z.number(),
  answer: z.unknown().optional(),
});
export type Exchange = z.infer<typeof exchangeSchema>;

export interface RecordingProxy {
  /** For `openMetadataServerConfig.hostPort`. */
  readonly hostPort: string;
  /** Following exchanges go to this file, one JSON a line; undefined: nowhere. */
  recordTo(file: string | undefined): void;
  close(): Promise<void>;
}

const secretKey = /password|passwd|secret|token|privatekey|accesskey|credential/i;
const mask = "*********";

/** A copy without the values of secret keys; `places` (real path to its stand-in) are replaced in all texts. */
export function withoutSecrets(value: unknown, places: ReadonlyMap<string, string>, key = ""): unknown {
  if (typeof value === "string") {
    if (secretKey.test(key)) return mask;
    return [...places].reduce((text, [from, to]) => text.replaceAll(from, to), value);
  }
  if (Array.isArray(value)) return value.map((member: unknown) => withoutSecrets(member, places, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutSecrets(member, places, name)]),
  );
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parsed(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Headers that belong to one connection, not to the request (RFC 9110 §7.6.1), and what fetch sets itself. */
const ownHeaders = new Set([
  "connection",
  "host",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
]);

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers({ "accept-encoding": "identity" });
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !ownHeaders.has(name)) headers.set(name, String(value));
  return headers;
}

async function forward(target: string, request: IncomingMessage, response: ServerResponse): Promise<Exchange> {
  const method = request.method ?? "GET";
  const url = request.url ?? "/";
  const sent = await readAll(request);
  const body = sent.length === 0 ? {} : { body: new Uint8Array(sent) };
  const answer = await fetch(target + url, { method, headers: headersOf(request), redirect: "manual", ...body });
  const received = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get("content-type");
  response.writeHead(answer.status, {
    ...(type !== null && { "content-type": type }),
    "content-length": received.length,
  });
  response.end(received);
  const [path = "", query = ""] = url.split("?", 2);
  const contentType = request.headers["content-type"];
  return {
    method,
    path,
    query,
    ...(contentType !== undefined && { contentType }),
    body: parsed(sent),
    status: answer.status,
    answer: parsed(received),
  };
}

/**
 * Stands between a client and a server on 127.0.0.1 and writes down what they say to each other, without headers (so without tokens)
 * and without the values of secret keys. `target` is the server's address without a path.
 */
export async function startRecordingProxy(
  target: string,
  places: ReadonlyMap<string, string>,
): Promise<RecordingProxy> {
  let file: string | undefined;
  const server = createServer((request, response) => {
    forward(target, request, response)
      .then((exchange) => {
        if (file !== undefined) appendFileSync(file, `${JSON.stringify(withoutSecrets(exchange, places))}\n`);
      })
      .catch((error: unknown) => {
        response.writeHead(502, { "content-type": "application/json" });
        response.end(JSON.stringify({ code: 502, message: error instanceof Error ? error.message : "no answer" }));
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    hostPort: `http://127.0.0.1:${String(port)}/api`,
    recordTo: (next) => (file = next),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
