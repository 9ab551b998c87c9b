import type { HttpMethod, HttpRequest, HttpResponse } from "./types.ts";

/** Why an attempt brought no answer. `proxy` is a refusal by the proxy, `replay` a request that a recording does not know. */
export type TransportFailure = "network" | "certificate" | "proxy" | "timeout" | "aborted" | "too-large" | "replay";

/** Codes of failures that happen before a request has left this machine. */
const unsentCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ERR_PROXY_TUNNEL",
]);

/** Codes of a connection that the other side has closed. */
const closedCodes = new Set(["ECONNRESET", "EPIPE"]);

/** Codes of OpenSSL's and Node's certificate checks, which fail again on each attempt. */
const certificateCodes =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|ERR_OSSL|ERR_SSL)/u;

/** An attempt without an answer. Holds no request, so no credentials. */
export class TransportError extends Error {
  override name = "TransportError";
  readonly failure: TransportFailure;
  /** False when the server cannot have seen the request. */
  readonly sent: boolean;
  /** True when the server had closed an idle connection that the request was sent on. */
  readonly stale: boolean;

  constructor(failure: TransportFailure, message: string, sent = true, stale = false) {
    super(message);
    this.failure = failure;
    this.sent = sent;
    this.stale = stale;
  }

  /** From whatever Node or got threw; keeps the message and code only, because got's errors hold the request's headers. */
  static from(error: unknown): TransportError {
    if (error instanceof TransportError) return error;
    const code = errorCode(error);
    const text = messageOf(error);
    const message = code === undefined || text.includes(code) ? text : `${text} (${code})`;
    if (code !== undefined && certificateCodes.test(code)) return new TransportError("certificate", message, false);
    const refusal = code === "ERR_PROXY_TUNNEL" ? tunnelStatus(error) : undefined;
    if (refusal !== undefined && refusal < 500 && refusal !== 408 && refusal !== 429) {
      const hint = refusal === 407 ? "; give user and password of the proxy in HTTPS_PROXY" : "";
      return new TransportError("proxy", `${message}${hint}`, false);
    }
    return new TransportError("network", message || "network error", !(code !== undefined && unsentCodes.has(code)));
  }
}

/** From an error before any answer; `reused` tells that the connection had served another request before. */
export function unanswered(error: unknown, reused: boolean): TransportError {
  const failure = TransportError.from(error);
  const closed = failure.failure === "network" && closedCodes.has(errorCode(error) ?? "");
  return reused && closed ? new TransportError("network", failure.message, true, true) : failure;
}

/** The status that a proxy has answered `CONNECT` with. */
function tunnelStatus(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("statusCode" in error && typeof error.statusCode === "number") return error.statusCode;
  return "cause" in error ? tunnelStatus(error.cause) : undefined;
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
  /** Keys that hold no secret though they look so. */
  readonly keep?: readonly string[] | undefined;
}

/** One attempt. */
export interface TransportCall {
  readonly method: HttpMethod;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly maxBodyBytes: number;
  /** Whether the call may be sent twice. */
  readonly idempotent: boolean;
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
