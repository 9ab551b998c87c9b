/** The small HTTP server that both stand-ins are made of: whole bodies, counted calls, an even latency. Started as a process of its own. */
import { createServer } from "node:http";
import { parseArgs } from "node:util";

/** Numbers from `--name value`; what is not given keeps its default. */
export function numbers(defaults) {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" }]));
  const { values } = parseArgs({ options });
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      values[name] === undefined ? value : typeof value === "number" ? Number(values[name]) : values[name],
    ]),
  );
}

function bodyOf(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", reject);
  });
}

/**
 * `answer(method, url, body)` returns `[status, text or bytes, headers?]`. Beside it: GET /_counts tells the calls so far, POST /_reset calls `reset`.
 * Prints `{"url": ...}` when it is up; ends when its standard input does.
 */
export function serve({ port = 0, latency = 0, answer, kindOf, reset = () => {} }) {
  let counts = {};
  const send = (response, [status, body, headers]) => {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length, ...headers });
    response.end(bytes);
  };
  const handle = async (request, response) => {
    const url = new URL(request.url, "http://local");
    if (url.pathname === "/_counts") return send(response, [200, JSON.stringify(counts)]);
    if (url.pathname === "/_reset") {
      counts = {};
      reset();
      return send(response, [200, "{}"]);
    }
    const kind = `${request.method} ${kindOf(url.pathname)}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const body = request.method === "GET" ? undefined : await bodyOf(request);
    const result = answer(request.method, url, body);
    if (latency > 0) setTimeout(() => send(response, result), latency);
    else send(response, result);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => send(response, [500, JSON.stringify({ message: error.stack })]));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, "127.0.0.1", () => {
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`);
  });
  process.stdin.on("end", () => process.exit(0)).resume();
}
