import type { ClientRequest, IncomingMessage } from "node:http";
import { readAnswer } from "./body.ts";
import type { Agents } from "./agents.ts";
import { dropIdle, safeIdleMs } from "./keep-alive.ts";
import { http, https } from "./node-http.ts";
import {
  TransportError,
  unanswered,
  type Flight,
  type Transport,
  type TransportAnswer,
  type TransportCall,
} from "./transport.ts";

/** The hot path: node:http and node:https with keep-alive agents, nothing between. */
export class LeanTransport implements Transport {
  readonly #agents: Agents;

  constructor(agents: Agents) {
    this.#agents = agents;
  }

  send(call: TransportCall): Flight {
    const { promise, resolve, reject } = Promise.withResolvers<TransportAnswer>();
    const secure = call.url.protocol === "https:";
    const agent = secure ? this.#agents.https : this.#agents.http;
    if (!call.idempotent) dropIdle(agent, safeIdleMs);
    const headers =
      call.body === undefined ? call.headers : { ...call.headers, "content-length": String(call.body.length) };
    let request: ClientRequest | undefined;
    const fail = (error: TransportError): void => {
      reject(error);
      request?.destroy();
    };
    const receive = (response: IncomingMessage): void => {
      readAnswer(response, response.statusCode ?? 0, response.headers, call).then(resolve, fail);
    };
    try {
      const options = { method: call.method, headers, agent };
      const made = secure ? https.request(call.url, options, receive) : http.request(call.url, options, receive);
      request = made;
      made.on("error", (error) => {
        const failure = unanswered(error, made.reusedSocket);
        // Its neighbours in the pool were closed with it.
        if (failure.stale) dropIdle(agent, 0);
        fail(failure);
      });
      made.end(call.body);
    } catch (error) {
      fail(TransportError.from(error));
    }
    return { answer: promise, cancel: fail };
  }
}
