import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  defaultPaging,
  jsonAnswer,
  type Answer,
  type PagingStyle,
  type ProxyRequest,
  type Upstream,
} from "./exchange.ts";
import type { HostileScenario } from "./scenarios.ts";
import { serverUpstream } from "./upstream.ts";

export interface HostileProxyOptions {
  /** Base URL of a real server, or a function that answers in its place. */
  readonly target: string | Upstream;
  /** Absent: passes everything through unchanged. */
  readonly scenario?: HostileScenario | undefined;
  /** Calls that the fault is for; others pass. Default: all. Leave sign-in and version out. */
  readonly match?: ((request: ProxyRequest) => boolean) | undefined;
  readonly paging?: Partial<PagingStyle> | undefined;
  /** Rows. Default 50. */
  readonly pageCap?: number | undefined;
}

export interface HostileProxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Calls that matched. */
  readonly calls: number;
  /** How often the fault showed itself. */
  readonly strikes: number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, answer: Answer, cut: boolean): void {
  response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length });
  if (!cut) {
    response.end(answer.body);
    return;
  }
  const half = answer.body.subarray(0, Math.floor(answer.body.length / 2));
  response.write(half, () => {
    // Gives the half a moment to leave before the line is cut.
    setTimeout(() => response.destroy(), 5);
  });
}

/** A reverse proxy on 127.0.0.1 that troubles the calls as the scenario says. Close it at the end. */
export async function startHostileProxy(options: HostileProxyOptions): Promise<HostileProxy> {
  const forward = typeof options.target === "string" ? serverUpstream(options.target) : options.target;
  const fault = options.scenario?.create();
  const counts = { calls: 0, strikes: 0 };
  const tools = {
    forward,
    paging: { ...defaultPaging, ...options.paging },
    pageCap: options.pageCap ?? 50,
    strike: () => {
      counts.strikes += 1;
    },
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = incoming.url ?? "/";
    const { pathname, searchParams } = new URL(url, "http://proxy.invalid");
    const plain: ProxyRequest = {
      method: incoming.method ?? "GET",
      url,
      path: pathname,
      query: searchParams,
      headers: incoming.headers,
      body: await readBody(incoming),
      call: 0,
    };
    if (fault === undefined || !(options.match?.(plain) ?? true)) {
      send(response, await forward(plain), false);
      return;
    }
    counts.calls += 1;
    const reaction = await fault({ ...plain, call: counts.calls }, tools);
    if (reaction.kind !== "silence") send(response, reaction.answer, reaction.kind === "cut");
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else
        send(
          response,
          jsonAnswer(502, {
            title: "the proxy's target failed",
            detail: error instanceof Error ? error.message : "unknown",
          }),
          false,
        );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get calls() {
      return counts.calls;
    },
    get strikes() {
      return counts.strikes;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
