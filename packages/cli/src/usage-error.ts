import { Errors } from "@oclif/core";

/** A call that cannot be right; exit code 2. */
export function usageError(message: string): Error {
  return new Errors.CLIError(message, { exit: 2 });
}
