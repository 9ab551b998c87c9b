import { createInterface } from "node:readline/promises";
import { usageError } from "./usage-error.ts";

/** Asks on the terminal. Throws a usage error with `refusal` where nobody can answer. */
export async function confirmed(question: string, refusal: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw usageError(refusal);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
