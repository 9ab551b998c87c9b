import type { Got } from "got";
import type { ClientRequest } from "node:http";
import { readAnswer } from "./body.ts";
import type { Agents } from "./agents.ts";
import { dropIdle, safeIdleMs } from "./keep-alive.ts";
import {
  TransportError,
  unanswered,
  type Flight,
  type Transport,
  type TransportAnswer,
  type TransportCall,
} from "./transport.ts";

/** Calls through got, for proxies and client certificates. Retry, redirects, decoding and status checks stay with the client. */
export class GotTransport implements Transport {
  readonly #agents: Agents;
  #got: Promise<Got> | undefined;

  constructor(agents: Agents) {
    this.#agents = agents;
  }

  send(call: TransportCall): Flight {
    const { promise, resolve, reject } = Promise.withResolvers<TransportAnswer>();
    const agent = call.url.protocol === "https:" ? this.#agents.https : this.#agents.http;
    if (!call.idempotent) dropIdle(agent, safeIdleMs);
    let stream: ReturnType<Got["stream"]> | undefined;
    let cancelled = false;
    const fail = (error: TransportError): void => {
      cancelled = true;
      reject(error);
      stream?.destroy();
    };
    const open = (got: Got): void => {
      if (cancelled) return;
      let request: ClientRequest | undefined;
      const body = streamOf(got, call);
      stream = body;
      body.on("request", (made) => {
        request = made;
      });
      body.on("error", (error: unknown) => {
        const failure = unanswered(error, request?.reusedSocket === true);
        // Its neighbours in the pool were closed with it.
        if (failure.stale) dropIdle(agent, 0);
        fail(failure);
      });
      body.on("response", (response) => {
        readAnswer(body, response.statusCode, response.headers, call).then(resolve, fail);
      });
      // got waits for a body to be written when a method may have one.
      if (call.body === undefined && call.method !== "GET") body.end();
    };
    this.#got ??= loadGot(this.#agents);
    this.#got.then(open).catch((error: unknown) => fail(TransportError.from(error)));
    return { answer: promise, cancel: fail };
  }
}

/** Only when it is used: it takes a good part of the time and the memory that a start needs. */
async function loadGot(agents: Agents): Promise<Got> {
  const { default: got } = await import("got");
  return got.extend({
    agent: { http: agents.http, https: agents.https },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
  });
}

function streamOf(got: Got, call: TransportCall): ReturnType<Got["stream"]> {
  return got.stream(call.url, {
    method: call.method,
    headers: call.headers,
    ...(call.body === undefined ? {} : { body: call.body }),
  });
}
