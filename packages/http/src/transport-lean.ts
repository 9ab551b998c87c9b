import http from "node:http";
import https from "node:https";
import { readAnswer } from "./body.ts";
import type { Agents } from "./agents.ts";
import { TransportError, type Flight, type Transport, type TransportAnswer, type TransportCall } from "./transport.ts";

/** The hot path: node:http and node:https with keep-alive agents, nothing between. */
export class LeanTransport implements Transport {
  readonly #agents: Agents;

  constructor(agents: Agents) {
    this.#agents = agents;
  }

  send(call: TransportCall): Flight {
    const { promise, resolve, reject } = Promise.withResolvers<TransportAnswer>();
    const secure = call.url.protocol === "https:";
    const headers =
      call.body === undefined ? call.headers : { ...call.headers, "content-length": String(call.body.length) };
    let request: http.ClientRequest | undefined;
    const fail = (error: TransportError): void => {
      reject(error);
      request?.destroy();
    };
    const receive = (response: http.IncomingMessage): void => {
      readAnswer(response, response.statusCode ?? 0, response.headers, call.maxBodyBytes).then(resolve, fail);
    };
    try {
      request = secure
        ? https.request(call.url, { method: call.method, headers, agent: this.#agents.https }, receive)
        : http.request(call.url, { method: call.method, headers, agent: this.#agents.http }, receive);
      request.on("error", (error) => fail(TransportError.from(error)));
      request.end(call.body);
    } catch (error) {
      fail(TransportError.from(error));
    }
    return { answer: promise, cancel: fail };
  }
}
