import { CatalogError, isOmdError, OmdError, type ErrorCode } from "@omd/core";

/** A call of a method of the catalog; `id` is answered with the result, a call without one is not answered. */
export interface Call {
  readonly id?: number | undefined;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** An error as it crosses the thread: what a client and a user need of it. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  /** HTTP status. */
  readonly status?: number | undefined;
  readonly hint?: string | undefined;
  /** Whether it is an error that omd raised itself. */
  readonly own: boolean;
}

/** What became of a call. */
export type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: SentError };

/** From the thread: that it has opened the file, that it could not, or answers. */
export type Message =
  | { readonly kind: "ready" }
  | { readonly kind: "refused"; readonly error: SentError }
  | { readonly kind: "answers"; readonly answers: readonly Answer[] };

/** The error in a form that can be cloned. */
export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), own: false };
  const { name, message, stack } = error;
  if (isOmdError(error))
    return { name, message, stack, code: error.code, status: error.status, hint: error.hint, own: true };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { name, message, stack, code, own: false };
}

/** The error as it was thrown on the other thread, with that thread's stack. */
export function receivedError(sent: SentError): Error {
  const error = rebuilt(sent);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}

function rebuilt({ name, message, code, status, hint, own }: SentError): Error {
  if (own && code?.startsWith("OMD_CATALOG")) return new CatalogError(message, { status, hint });
  if (own) return new OmdError(code as ErrorCode, message, { status, hint });
  const error = new Error(message);
  error.name = name;
  return code === undefined ? error : Object.assign(error, { code });
}
