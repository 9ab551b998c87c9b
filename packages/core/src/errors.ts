const brand = Symbol.for("omd.error");

/** Every code that an {@link OmdError} may have; `docs/errors.md` explains each. */
export const errorCodes = [
  "OMD_CONFIG",
  "OMD_CONNECTOR_NOT_FOUND",
  "OMD_CONNECTOR_AMBIGUOUS",
  "OMD_CONNECTOR_INVALID",
  "OMD_CONNECTION",
  "OMD_PERMISSION",
  "OMD_CATALOG",
  "OMD_CATALOG_NOT_FOUND",
  "OMD_STATE_LOCKED",
  "OMD_DEADLINE",
  "OMD_ABORTED",
  "OMD_WORKFLOW_FAILED",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The base of all errors that omd raises itself: a code, a message that says what and where, a hint that a user can act on. */
export class OmdError extends Error {
  override name = "OmdError";
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** HTTP status, where one caused it. */
  readonly status: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string | undefined; status?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.status = options.status;
  }
}

/** Knows an OmdError of another copy of this package too. */
export function isOmdError(value: unknown): value is OmdError {
  return typeof value === "object" && value !== null && brand in value;
}

/** A catalog that refused or could not do what was asked. */
export class CatalogError extends OmdError {
  override name = "CatalogError";
  constructor(
    message: string,
    options: { status?: number | undefined; hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(options.status === 404 ? "OMD_CATALOG_NOT_FOUND" : "OMD_CATALOG", message, options);
  }
}
