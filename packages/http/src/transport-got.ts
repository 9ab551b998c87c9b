import got, { type Got } from "got";
import { readAnswer } from "./body.ts";
import type { Agents } from "./agents.ts";
import { TransportError, type Flight, type Transport, type TransportAnswer, type TransportCall } from "./transport.ts";

/** Calls through got, for proxies and client certificates. Retry, redirects, decoding and status checks stay with the client. */
export class GotTransport implements Transport {
  readonly #got: Got;

  constructor(agents: Agents) {
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
    const stream = this.#got.stream(call.url, {
      method: call.method,
      headers: call.headers,
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const fail = (error: TransportError): void => {
      reject(error);
      stream.destroy();
    };
    stream.on("error", (error: unknown) => fail(TransportError.from(error)));
    stream.on("response", (response) => {
      readAnswer(stream, response.statusCode, response.headers, call.maxBodyBytes).then(resolve, fail);
    });
    return { answer: promise, cancel: fail };
  }
}
