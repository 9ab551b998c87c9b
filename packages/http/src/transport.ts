import type { HttpMethod, HttpRequest, HttpResponse } from "./types.ts";

/** Why an attempt brought no answer. `replay` is a request that a recording does not know. */
export type TransportFailure = "network" | "certificate" | "timeout" | "aborted" | "too-large" | "replay";

/** Codes of failures that happen before a request has left this machine. */
const unsentCodes = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"]);

/** Codes of OpenSSL's and Node's certificate checks, which fail again on each attempt. */
const certificateCodes =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|ERR_OSSL|ERR_SSL)/u;

/** An attempt without an answer. Holds no request, so no credentials. */
export class TransportError extends Error {
  override name = "TransportError";
  readonly failure: TransportFailure;
  /** False when the server cannot have seen the request. */
  readonly sent: boolean;

  constructor(failure: TransportFailure, message: string, sent = true) {
    super(message);
    this.failure = failure;
    this.sent = sent;
  }

  /** From whatever Node or got threw; keeps the message and code only, because got's errors hold the request's headers. */
  static from(error: unknown): TransportError {
    if (error instanceof TransportError) return error;
    const code = errorCode(error);
    const text = messageOf(error);
    const message = code === undefined || text.includes(code) ? text : `${text} (${code})`;
    if (code !== undefined && certificateCodes.test(code)) return new TransportError("certificate", message, false);
    return new TransportError("network", message || "network error", !(code !== undefined && unsentCodes.has(code)));
  }
}

/** The code of Node's error, dug out of wrappers. Asks for no class: errors may come from another realm. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const inner = "cause" in error ? errorCode(error.cause) : undefined;
  // Several addresses tried (happy eyeballs) come as one AggregateError with the code on its members.
  const first = "errors" in error && Array.isArray(error.errors) ? errorCode(error.errors[0]) : undefined;
  return own !== undefined && !own.startsWith("ERR_GOT") ? own : (inner ?? first ?? own);
}

function messageOf(error: unknown): string {
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return typeof message === "string" ? message : "network error";
}

/** Where a client's calls go; recordings are kept by it. */
export interface Site {
  readonly name: string;
  /** Without a trailing slash, credentials, query. */
  readonly baseUrl: string;
}

/** One attempt. */
export interface TransportCall {
  readonly method: HttpMethod;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly maxBodyBytes: number;
  readonly site: Site;
  /** What the connector asked for; recordings are keyed by it. */
  readonly request: HttpRequest;
}

export interface TransportAnswer extends HttpResponse {
  /** Bytes of the body on the wire. */
  readonly bytesIn: number;
}

export interface Flight {
  /** Rejects with a {@link TransportError}. */
  readonly answer: Promise<TransportAnswer>;
  cancel(reason: TransportError): void;
}

/** Sends one attempt and reads its whole answer. Knows nothing of retries, budgets and credentials. */
export interface Transport {
  /** Does not throw; a call that cannot be sent rejects its answer. */
  send(call: TransportCall): Flight;
}
