import { requestUrl, type Address } from "./address.ts";
import {
  bodyOf,
  defaults,
  isAnswer,
  kindOf,
  lowerCase,
  noHeaders,
  openCall,
  sameHeaders,
  secretsOf,
  type Call,
  type Headers,
} from "./call.ts";
import { abortable, delay, Interrupted } from "./delay.ts";
import { acceptEncoding, forgetBody } from "./body.ts";
import { BudgetRefusal, type HostBudget, type Lease } from "./budget.ts";
import { isHttpError, type HttpError } from "./errors.ts";
import { Faults, type CallInfo } from "./faults.ts";
import { followed, isFollowed } from "./redirect.ts";
import { readJson } from "./json-answer.ts";
import type { Redactor } from "./redact.ts";
import { TransportError, type Site, type Transport, type TransportAnswer } from "./transport.ts";
import type { HttpAuth, HttpClient, HttpClientOptions, HttpFigures, HttpRequest, HttpResponse } from "./types.ts";
import { backoffMs, judgeStatus, type Verdict } from "./verdict.ts";

/** How the calls to one host are sent. */
interface Way {
  readonly transport: Transport;
  readonly budget: HostBudget;
}

/** What a client needs of its runtime. */
export interface ClientParts extends Way {
  readonly options: HttpClientOptions;
  readonly address: Address;
  readonly auth: HttpAuth | undefined;
  /** The way to a host that a redirect leads to; no client certificate is shown there. */
  abroad(origin: string): Way;
  readonly figures: HttpFigures;
  readonly redactor: Redactor;
  readonly signal: AbortSignal | undefined;
  /** False in a replay: nothing is gained by waiting. */
  readonly waits: boolean;
  log(message: string): void;
}

type Credentials = Headers;
type Outcome =
  | { readonly answer: TransportAnswer; readonly failure: undefined }
  | { readonly answer: undefined; readonly failure: TransportError };

/** The client behind {@link HttpClient}: retry, budget, credentials and error classes around a {@link Transport}. */
export class Client implements HttpClient {
  readonly name: string;
  readonly baseUrl: string;
  readonly #parts: ClientParts;
  readonly #faults: Faults;
  readonly #site: Site;
  readonly #headers: Headers;
  readonly #retry: { limit: number; baseMs: number; maxWaitMs: number };
  readonly #maxRedirects: number;
  readonly #ways = new Map<string, Way>();
  #renewing: Promise<boolean> | undefined;
  #lastCredentials: Credentials | undefined;

  constructor(parts: ClientParts) {
    const { options, address } = parts;
    this.name = options.name;
    this.baseUrl = address.baseUrl;
    this.#parts = parts;
    this.#maxRedirects = options.maxRedirects ?? defaults.maxRedirects;
    this.#faults = new Faults(options.name, parts.redactor, {
      addressKey: options.addressKey ?? defaults.addressKey,
      hidesQueries: this.#maxRedirects > 0,
    });
    this.#site = { name: options.name, baseUrl: address.baseUrl, keep: options.keepInRecordings };
    this.#headers = {
      accept: "application/json",
      "accept-encoding": acceptEncoding,
      "user-agent": "omd",
      ...lowerCase(options.headers),
    };
    this.#retry = {
      limit: options.retry?.limit ?? defaults.retry.limit,
      baseMs: options.retry?.baseMs ?? defaults.retry.baseMs,
      maxWaitMs: options.retry?.maxWaitMs ?? defaults.retry.maxWaitMs,
    };
    parts.redactor.remember(secretsOf(this.#headers));
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const { address, figures, options, signal } = this.#parts;
    let call = openCall(request, address, options, this.#headers, signal);
    figures.calls += 1;
    for (;;) {
      const answer = await this.#settled(call);
      if (isAnswer(answer.status, request)) {
        request.onAnswer?.(answer);
        return answer;
      }
      const redirect = followed(call, answer.headers["location"] ?? "", this.#maxRedirects);
      if ("refusal" in redirect) throw this.#faults.ofRedirect(call, answer, redirect.refusal);
      ({ call } = redirect);
    }
  }

  /** What one address answers, with retries: an answer that the request accepts, or a redirect to be followed. */
  async #settled(call: Call): Promise<TransportAnswer> {
    const { figures } = this.#parts;
    for (let retry = 0, attempts = 1; ; attempts += 1) {
      const credentials = await this.#credentials(call);
      const outcome = await this.#attempt(call, credentials);
      const { answer } = outcome;
      if (answer !== undefined && this.#isSettled(call, answer)) return answer;
      if (answer?.status === 401 && (await this.#mayTryAgain(call, credentials))) {
        figures.retries += 1;
        continue;
      }
      if (outcome.failure?.stale === true && call.idempotent && !call.resent) {
        // The server closed an idle connection while we took it: no fault of the server, so no wait (RFC 9112 §9.3.1).
        call.resent = true;
        figures.retries += 1;
        continue;
      }
      const verdict = this.#judge(call, outcome);
      const error =
        answer === undefined
          ? this.#faults.ofFailure(call, verdict, outcome.failure, attempts)
          : this.#faults.ofStatus(call, verdict, answer, attempts);
      if (!verdict.retry || retry >= this.#retry.limit) throw error;
      await this.#beforeRetry(call, verdict, error, retry);
      retry += 1;
      figures.retries += 1;
    }
  }

  #isSettled(call: Call, answer: TransportAnswer): boolean {
    return isAnswer(answer.status, call.request) || isFollowed(call, answer, this.#maxRedirects);
  }

  /** The client's own way, or that to the host that a redirect has led to. */
  #way({ isAbroad, url }: Call): Way {
    if (!isAbroad) return this.#parts;
    const way = this.#ways.get(url.origin) ?? this.#parts.abroad(url.origin);
    this.#ways.set(url.origin, way);
    return way;
  }

  async json<T>(request: HttpRequest, parse: (value: unknown) => T): Promise<T> {
    const response = await this.request(request);
    const reading = readJson(response);
    if (reading.fault !== undefined) throw this.#faults.notJson(this.#info(request), response, reading.fault);
    try {
      const parsed = parse(reading.value);
      forgetBody(response);
      return parsed;
    } catch (error) {
      if (isHttpError(error)) throw error;
      throw this.#faults.shape(this.#info(request), response, error);
    }
  }

  #info(request: HttpRequest): CallInfo {
    return { method: request.method ?? "GET", url: requestUrl(this.#parts.address, request) };
  }

  async #credentials(call: Call): Promise<Credentials> {
    const { auth, redactor } = this.#parts;
    if (auth === undefined || call.isAbroad) return noHeaders;
    const given = await this.#login(call, () => auth.headers(call.signal));
    if (given !== this.#lastCredentials) {
      redactor.remember(given);
      this.#lastCredentials = given;
    }
    return lowerCase(given);
  }

  /** Waits for auth code, at most until the call's deadline. */
  async #login<T>(call: Call, work: () => Promise<T> | T): Promise<T> {
    try {
      const pending = work();
      if (typeof pending !== "object" || pending === null || !("then" in pending)) return pending;
      return await abortable(pending, call.deadlineAt - performance.now(), call.signal);
    } catch (error) {
      if (error instanceof Interrupted) throw this.#faults.interrupted(call, error.reason, "waiting for the login");
      if (isHttpError(error)) throw error;
      throw this.#faults.login(call, error);
    }
  }

  /** Whether a 401 may be answered by another attempt: with credentials that changed meanwhile, or after one renewal. */
  async #mayTryAgain(call: Call, used: Credentials): Promise<boolean> {
    const { auth } = this.#parts;
    if (auth?.renew === undefined || call.isAbroad) return false;
    if (!call.refreshed) {
      call.refreshed = true;
      if (!sameHeaders(await this.#credentials(call), used)) return true;
    }
    if (call.renewed) return false;
    call.renewed = true;
    this.#renewing ??= this.#renew(auth);
    const renewing = this.#renewing;
    return this.#login(call, () => renewing);
  }

  /** One renewal for all calls of this client that are refused at the same time. */
  async #renew(auth: HttpAuth): Promise<boolean> {
    try {
      return (await auth.renew?.(this.#parts.signal)) === true;
    } finally {
      this.#renewing = undefined;
    }
  }

  async #attempt(call: Call, credentials: Credentials): Promise<Outcome> {
    const { figures, options } = this.#parts;
    const { budget, transport } = this.#way(call);
    const lease = await this.#enter(call);
    let body: Buffer | undefined;
    try {
      body = bodyOf(call.request);
    } catch (error) {
      budget.release(lease, "other");
      throw error;
    }
    const timeoutMs = Math.max(1, Math.min(call.timeoutMs, call.deadlineAt - lease.startedAt));
    const flight = transport.send({
      method: call.method,
      url: call.url,
      headers: credentials === noHeaders ? call.headers : { ...call.headers, ...credentials },
      body,
      maxBodyBytes: options.maxBodyBytes ?? defaults.maxBodyBytes,
      idempotent: call.idempotent,
      site: this.#site,
      request: call.trail.length === 0 ? call.request : { ...call.request, path: call.url.href, query: undefined },
    });
    const cancel = (): void => flight.cancel(new TransportError("aborted", "the run was stopped"));
    const timer = setTimeout(
      () => flight.cancel(new TransportError("timeout", `no full answer within ${Math.round(timeoutMs)} ms`)),
      timeoutMs,
    );
    call.signal?.addEventListener("abort", cancel, { once: true });
    if (call.signal?.aborted === true) cancel();
    let outcome: Outcome;
    try {
      outcome = { answer: await flight.answer, failure: undefined };
    } catch (error) {
      outcome = { answer: undefined, failure: TransportError.from(error) };
    }
    clearTimeout(timer);
    call.signal?.removeEventListener("abort", cancel);
    figures.busyMs += performance.now() - lease.startedAt;
    budget.release(lease, this.#settle(outcome, budget), kindOf(call));
    return outcome;
  }

  /** Counts an attempt and tells how the budget should see it; holds the host back when it asks for that. */
  #settle({ answer, failure }: Outcome, budget: HostBudget): "ok" | "throttled" | "other" {
    const { figures, waits } = this.#parts;
    const key = answer === undefined ? Faults.code(failure) : String(answer.status);
    figures.byStatus[key] = (figures.byStatus[key] ?? 0) + 1;
    if (answer === undefined) return failure.failure === "timeout" ? "throttled" : "other";
    figures.bytesIn += answer.bytesIn;
    if (answer.status !== 429 && answer.status !== 503) return answer.status < 400 ? "ok" : "other";
    const wait = judgeStatus(answer.status, answer.headers, true, Date.now()).retryAfterMs;
    if (waits && wait !== undefined && wait <= this.#retry.maxWaitMs) budget.pause(wait);
    return "throttled";
  }

  async #enter(call: Call): Promise<Lease> {
    const { figures } = this.#parts;
    try {
      const place = this.#way(call).budget.acquire(call.deadlineAt, call.signal);
      if (!(place instanceof Promise)) return place;
      const from = performance.now();
      try {
        return await place;
      } finally {
        figures.waitedMs += performance.now() - from;
      }
    } catch (error) {
      if (!(error instanceof BudgetRefusal)) throw error;
      throw this.#faults.interrupted(call, error.reason, "waiting for a place in the host's budget");
    }
  }

  #judge(call: Call, { answer, failure }: Outcome): Verdict {
    if (answer !== undefined) return judgeStatus(answer.status, answer.headers, call.idempotent, Date.now());
    const late = failure.failure === "timeout" && performance.now() >= call.deadlineAt;
    return this.#faults.judgeFailure(failure, call.idempotent, late);
  }

  async #beforeRetry(call: Call, verdict: Verdict, error: HttpError, retry: number): Promise<void> {
    const { waits, figures } = this.#parts;
    const asked = verdict.retryAfterMs ?? 0;
    if (asked > this.#retry.maxWaitMs) throw this.#faults.waitTooLong(error, asked, this.#retry.maxWaitMs);
    const wait = Math.max(asked, backoffMs(retry, this.#retry));
    if (waits && performance.now() + wait >= call.deadlineAt) throw this.#faults.deadline(call, error);
    this.#parts.log(`${error.message}; retry ${retry + 1} of ${this.#retry.limit} in ${Math.round(wait)} ms`);
    if (!waits) return;
    // Where the host is paused the budget's queue does the waiting, in order of arrival.
    const paused = asked > 0 && (error.status === 429 || error.status === 503);
    if (paused && wait === asked) return;
    const from = performance.now();
    try {
      await delay(wait, call.signal);
    } catch {
      throw this.#faults.interrupted(call, "aborted", "waiting for a retry");
    } finally {
      figures.waitedMs += performance.now() - from;
    }
  }
}
