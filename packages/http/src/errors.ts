/** What a caller should do about a failed call. */
export type HttpAdvice = "retry" | "skip" | "abort" | "permission";

export type HttpErrorCode =
  | "ERR_HTTP_STATUS"
  | "ERR_UNAUTHENTICATED"
  | "ERR_FORBIDDEN"
  | "ERR_NOT_FOUND"
  | "ERR_THROTTLED"
  | "ERR_NETWORK"
  | "ERR_TIMEOUT"
  | "ERR_DEADLINE"
  | "ERR_ABORTED"
  | "ERR_TOO_LARGE"
  | "ERR_NOT_JSON"
  | "ERR_SHAPE"
  | "ERR_PAGING"
  | "ERR_REPLAY";

const brand = Symbol.for("omd.http-error");

/** A failed call. `url` and `message` are free of secrets. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly [brand] = true;
  readonly code: HttpErrorCode;
  readonly advice: HttpAdvice;
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly status: number | undefined;
  /** Start of the answer's body, redacted, at most 500 characters. */
  readonly bodyStart: string | undefined;

  constructor(
    code: HttpErrorCode,
    message: string,
    details: {
      advice: HttpAdvice;
      method?: string | undefined;
      url?: string | undefined;
      status?: number | undefined;
      bodyStart?: string | undefined;
      cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.advice = details.advice;
    this.method = details.method;
    this.url = details.url;
    this.status = details.status;
    this.bodyStart = details.bodyStart;
  }
}

/** Knows an HttpError of another copy of this package too. */
export function isHttpError(value: unknown): value is HttpError {
  return typeof value === "object" && value !== null && brand in value;
}
