import type { HttpAdvice, HttpErrorCode } from "./errors.ts";
import type { RetryOptions } from "./types.ts";

/** What an error status or a failed attempt means. */
export interface Verdict {
  readonly code: HttpErrorCode;
  readonly advice: HttpAdvice;
  /** Whether another attempt is allowed. */
  readonly retry: boolean;
  /** From Retry-After, in ms. */
  readonly retryAfterMs: number | undefined;
}

/** Passing trouble of a server or of what stands before it; 52x are Cloudflare's, 529 an overload. */
const passing = new Set([408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529]);

/** Retry-After in ms, from seconds or an HTTP-date (RFC 9110 §10.2.3). The server's own Date is the clock, so that skew does not matter. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d+(?:\.\d+)?$/u.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  if (Number.isNaN(until)) return undefined;
  const serverNow = Date.parse(headers["date"] ?? "");
  return Math.max(0, until - (Number.isNaN(serverNow) ? nowMs : serverNow));
}

/** Judges a status that is not an answer. */
export function judgeStatus(
  status: number,
  headers: Readonly<Record<string, string>>,
  idempotent: boolean,
  nowMs: number,
): Verdict {
  const wait = retryAfterMs(headers, nowMs);
  if (status === 429) return { code: "ERR_THROTTLED", advice: "retry", retry: true, retryAfterMs: wait };
  if (status === 401) return verdict("ERR_UNAUTHENTICATED", "abort");
  if (status === 403) return verdict("ERR_FORBIDDEN", "permission");
  if (status === 404) return verdict("ERR_NOT_FOUND", "skip");
  if (status < 400 || status === 407) return verdict("ERR_HTTP_STATUS", "abort");
  if (!passing.has(status)) return verdict("ERR_HTTP_STATUS", "skip");
  // A 503 that says when to come back has not begun the work.
  const retry = idempotent || (status === 503 && wait !== undefined);
  return { code: "ERR_HTTP_STATUS", advice: retry ? "retry" : "skip", retry, retryAfterMs: wait };
}

function verdict(code: HttpErrorCode, advice: HttpAdvice): Verdict {
  return { code, advice, retry: false, retryAfterMs: undefined };
}

/** Full jitter: evenly between 0 and the doubled base, so that many callers do not come back together. Milliseconds. */
export function backoffMs(retry: number, options: Required<Record<keyof RetryOptions, number>>): number {
  return Math.random() * Math.min(options.maxWaitMs, options.baseMs * 2 ** Math.min(retry, 30));
}
