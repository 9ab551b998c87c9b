import got, { type Got } from "got";
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
  readonly #got: Got;
  readonly #agents: Agents;

  constructor(agents: Agents) {
    this.#agents = agents;
    this.#got = got.extend({
      agent: { http: agents.http, https: agents.https },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
    });
  }

  send(call: TransportCall): Flight {
    const { promise, resolve, reject } = Promise.withResolvers<TransportAnswer>();
    const agent = call.url.protocol === "https:" ? this.#agents.https : this.#agents.http;
    if (!call.idempotent) dropIdle(agent, safeIdleMs);
    let request: ClientRequest | undefined;
    let stream: ReturnType<Got["stream"]> | undefined;
    const fail = (error: TransportError): void => {
      reject(error);
      stream?.destroy();
    };
    try {
      stream = this.#stream(call);
      const body = stream;
      stream.on("request", (made) => {
        request = made;
      });
      stream.on("error", (error: unknown) => {
        const failure = unanswered(error, request?.reusedSocket === true);
        // Its neighbours in the pool were closed with it.
        if (failure.stale) dropIdle(agent, 0);
        fail(failure);
      });
      stream.on("response", (response) => {
        readAnswer(body, response.statusCode, response.headers, call.maxBodyBytes).then(resolve, fail);
      });
      // got waits for a body to be written when a method may have one.
      if (call.body === undefined && call.method !== "GET") stream.end();
    } catch (error) {
      fail(TransportError.from(error));
    }
    return { answer: promise, cancel: fail };
  }

  #stream(call: TransportCall): ReturnType<Got["stream"]> {
    return this.#got.stream(call.url, {
      method: call.method,
      headers: call.headers,
      ...(call.body === undefined ? {} : { body: call.body }),
    });
  }
}
