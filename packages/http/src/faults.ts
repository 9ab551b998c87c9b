import { HttpError, type HttpErrorCode } from "./errors.ts";
import type { Redactor } from "./redact.ts";
import { isSecretKey } from "./redact.ts";
import type { TransportError } from "./transport.ts";
import type { HttpMethod, HttpResponse } from "./types.ts";
import type { Verdict } from "./verdict.ts";

/** What errors say about a call. */
export interface CallInfo {
  readonly method: HttpMethod;
  readonly url: URL;
  /** The addresses whose redirects led here. */
  readonly trail?: readonly URL[];
  /** Whether they led to another host. */
  readonly isAbroad?: boolean;
}

/** What errors of a client say beside the call. */
export interface FaultOptions {
  /** Key of the configuration that the address is from. */
  readonly addressKey: string;
  /** Whether queries are left out: they may be signatures. */
  readonly hidesQueries: boolean;
}

const hints: Partial<Record<HttpErrorCode, string>> = {
  ERR_UNAUTHENTICATED: "the server does not accept the credentials",
  ERR_FORBIDDEN: "the user lacks a permission",
};

const failureCodes = {
  network: "ERR_NETWORK",
  certificate: "ERR_NETWORK",
  proxy: "ERR_NETWORK",
  timeout: "ERR_TIMEOUT",
  aborted: "ERR_ABORTED",
  "too-large": "ERR_TOO_LARGE",
  replay: "ERR_REPLAY",
} as const;

/** Makes the errors of one client, free of secrets. */
export class Faults {
  readonly #name: string;
  readonly #redactor: Redactor;
  readonly #options: FaultOptions;

  constructor(name: string, redactor: Redactor, options: FaultOptions) {
    this.#name = name;
    this.#redactor = redactor;
    this.#options = options;
  }

  /** Also the key in the figures for an attempt without an answer. */
  static code(failure: TransportError): HttpErrorCode {
    return failureCodes[failure.failure];
  }

  judgeFailure(failure: TransportError, idempotent: boolean, late: boolean): Verdict {
    const code = late ? "ERR_DEADLINE" : Faults.code(failure);
    const base = { code, retryAfterMs: undefined };
    switch (failure.failure) {
      case "network":
      case "timeout": {
        const repeatable = idempotent || !failure.sent;
        return { ...base, advice: repeatable ? "retry" : "skip", retry: repeatable && !late };
      }
      case "too-large":
        return { ...base, advice: "skip", retry: false };
      default:
        return { ...base, advice: "abort", retry: false };
    }
  }

  ofStatus(call: CallInfo, verdict: Verdict, answer: HttpResponse, attempts: number): HttpError {
    const { status, headers } = answer;
    const hint =
      status < 400 && headers["location"] !== undefined
        ? `a redirect to ${this.#place(headers["location"], call.url)}; redirects are not followed: give the right address as ${this.#options.addressKey}`
        : status === 407
          ? "the proxy wants a user and password: give them in HTTP_PROXY"
          : call.isAbroad === true && (status === 401 || status === 403)
            ? "a redirect led to this host, which gets no credentials"
            : hints[verdict.code];
    const tail = hint === undefined ? "" : status < 400 ? `, ${hint}` : `: ${hint}`;
    return this.#make(verdict.code, call, `answered ${status}${tries(attempts)}${tail}`, verdict.advice, answer);
  }

  /** A redirect that is not followed though the client follows redirects; `refusal` stands behind "a redirect". */
  ofRedirect(call: CallInfo, answer: HttpResponse, refusal: string): HttpError {
    const place = this.#place(answer.headers["location"] ?? "", call.url);
    const what = `answered ${answer.status}, a redirect to ${place} ${refusal}; it is not followed: check ${this.#options.addressKey}`;
    return this.#make("ERR_HTTP_STATUS", call, what, "abort", answer);
  }

  ofFailure(call: CallInfo, verdict: Verdict, failure: TransportError, attempts: number): HttpError {
    const hint = failure.failure === "certificate" ? certificateHint(failure.message) : "";
    const what = `failed${tries(attempts)}: ${this.#redactorOf(call).text(failure.message)}${hint}`;
    return this.#make(verdict.code, call, what, verdict.advice, undefined, failure);
  }

  notJson(call: CallInfo, answer: HttpResponse, fault: string): HttpError {
    return this.#make("ERR_NOT_JSON", call, `answered ${answer.status}, but not JSON: ${fault}`, "skip", answer);
  }

  shape(call: CallInfo, answer: HttpResponse, error: unknown): HttpError {
    const cause = this.#clean(error);
    return this.#make("ERR_SHAPE", call, `answered JSON of another shape: ${cause.message}`, "skip", answer, cause);
  }

  login(call: CallInfo, error: unknown): HttpError {
    const cause = this.#clean(error);
    return this.#make("ERR_UNAUTHENTICATED", call, `not sent, no login: ${cause.message}`, "abort", undefined, cause);
  }

  interrupted(call: CallInfo, reason: "deadline" | "aborted", doing: string): HttpError {
    return reason === "deadline"
      ? this.#make("ERR_DEADLINE", call, `ran out of time while ${doing}`, "retry")
      : this.#make("ERR_ABORTED", call, `was stopped while ${doing}`, "abort");
  }

  /** The next wait would end after the call's deadline. */
  deadline(call: CallInfo, last: HttpError): HttpError {
    return new HttpError("ERR_DEADLINE", `${last.message}; no time is left for a retry`, {
      advice: "retry",
      method: call.method,
      url: last.url,
      status: last.status,
      bodyStart: last.bodyStart,
      cause: last,
    });
  }

  /** Retry-After asks for more than the client may wait. */
  waitTooLong(last: HttpError, askedMs: number, maxMs: number): HttpError {
    const text = `${last.message}; it asks to wait ${Math.round(askedMs / 1000)} s, at most ${Math.round(maxMs / 1000)} s are allowed`;
    return new HttpError(last.code, text, {
      advice: last.advice,
      method: last.method,
      url: last.url,
      status: last.status,
      bodyStart: last.bodyStart,
    });
  }

  #make(
    code: HttpErrorCode,
    call: CallInfo,
    what: string,
    advice: HttpError["advice"],
    answer?: HttpResponse,
    cause?: unknown,
  ): HttpError {
    const url = this.#url(call.url);
    const from = call.trail?.[0];
    const way = from === undefined ? "" : ` (by a redirect from ${this.#url(from)})`;
    return new HttpError(code, `${this.#name}: ${call.method} ${url}${way} ${what}`, {
      advice,
      method: call.method,
      url,
      status: answer?.status,
      bodyStart: answer === undefined ? undefined : this.#redactorOf(call).bodyStart(answer.body),
      cause,
    });
  }

  /** An answer may echo the query that it was asked with. */
  #redactorOf({ url, trail = [] }: CallInfo): Redactor {
    if (!this.#options.hidesQueries) return this.#redactor;
    return this.#redactor.hiding([...trail, url].flatMap(queryValues));
  }

  #url(url: URL): string {
    const copy = new URL(url);
    copy.username = "";
    copy.password = "";
    if (this.#options.hidesQueries && copy.search !== "") copy.search = "?***";
    for (const key of new Set(copy.searchParams.keys())) if (isSecretKey(key)) copy.searchParams.set(key, "***");
    return this.#redactor.value(copy.href);
  }

  /** A redirect's target without its query, which may hold a session. */
  #place(location: string, base: URL): string {
    if (!URL.canParse(location, base.href)) return "nowhere";
    const url = new URL(location, base);
    return this.#redactor.value(url.origin + url.pathname);
  }

  /** Message and stack of an error of foreign code, which may quote the answer. */
  #clean(error: unknown): Error {
    if (!(error instanceof Error)) return new Error(this.#redactor.text(String(error)));
    const copy = new Error(this.#redactor.text(error.message));
    copy.name = error.name;
    if (error.stack !== undefined) copy.stack = this.#redactor.text(error.stack);
    return copy;
  }
}

/** As they are sent, and as they are read. */
function queryValues({ search, searchParams }: URL): string[] {
  return [...searchParams.values(), ...search.slice(1).split(/[&=]/u)];
}

function certificateHint(message: string): string {
  return /certificate.required/iu.test(message)
    ? "; the server wants a client certificate: give certFile and keyFile"
    : "; give the CA's certificate or turn the verification off";
}

function tries(attempts: number): string {
  return attempts === 1 ? "" : ` after ${attempts} attempts`;
}
