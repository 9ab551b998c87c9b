/** One failure, as it stands in the final table From | Entity Name | Message | Stack Trace. */
export interface StackTraceError {
  /** The entity or call that failed. */
  readonly name: string;
  readonly error: string;
  readonly stackTrace?: string | undefined;
}

/** A record, or the failure that stands in its place. */
export type Either<T> =
  { readonly left: StackTraceError; readonly right?: undefined } | { readonly right: T; readonly left?: undefined };

export function left(error: StackTraceError): Either<never> {
  return { left: error };
}

export function right<T>(value: T): Either<T> {
  return { right: value };
}

/** Turns anything thrown into a {@link StackTraceError} about `name`. */
export function failureOf(name: string, thrown: unknown): StackTraceError {
  return thrown instanceof Error
    ? { name, error: thrown.message, stackTrace: thrown.stack }
    : { name, error: String(thrown) };
}
