import type { Explained } from "./explain-error.ts";

/** What `--json` prints of an error. */
export interface ErrorDocument {
  readonly error: {
    /** A code of docs/errors.md; `OMD_USAGE` for a call that cannot be right, `OMD_UNEXPECTED` for what nobody foresaw. */
    readonly code: string;
    readonly message: string;
    /** What to do. */
    readonly hint?: string | undefined;
    /** HTTP status, where one caused it. */
    readonly status?: number | undefined;
    /** Of OMD_CONFIG: each mistake with file, line, column and path. */
    readonly issues?: readonly unknown[] | undefined;
    readonly exitCode: number;
  };
}

/** The error as programs read it; `explained` is what people are told of it. */
export function errorDocument(error: unknown, { text, exitCode }: Explained): ErrorDocument {
  if (isKnown(error)) {
    const { code, message, hint, status, issues } = error;
    return { error: { code, message, hint, status, issues, exitCode } };
  }
  const [message = "", ...rest] = text.replace(/^omd: /, "").split("\n");
  const hint = rest.map((line) => line.trim()).join("\n");
  const code = exitCode === 2 ? "OMD_USAGE" : "OMD_UNEXPECTED";
  return { error: { code, message, ...(hint !== "" && { hint }), exitCode } };
}

interface KnownError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly status?: number | undefined;
  readonly issues?: readonly unknown[] | undefined;
}

/** By symbol: a plugin brings its own copy of core. */
function isKnown(error: unknown): error is KnownError {
  return typeof error === "object" && error !== null && Symbol.for("omd.error") in error;
}
