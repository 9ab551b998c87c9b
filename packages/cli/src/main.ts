import { Config, run, settings, type Interfaces } from "@oclif/core";
import { errorDocument } from "./error-json.ts";
import { explainError, isUnknownFlags, unknownCommand, unknownFlags, type Explained } from "./explain-error.ts";
import { redacted } from "./output-guard.ts";

export interface MainOptions {
  /** Directory of this package. */
  readonly root: string;
  /** Stands in for package.json; the development start reads commands from the sources. */
  readonly pjson?: Interfaces.PJSON | undefined;
  readonly ignoreManifest?: boolean | undefined;
}

/** Time that a command's left-over connections get before the process ends all the same. */
const lingerMs = 2000;

/** Runs one command and sets the process's exit code: 0 complete, 1 failed, 2 bad configuration or usage, 3 incomplete. */
export async function main(argv: readonly string[], options: MainOptions): Promise<void> {
  // oclif would look for sources of linked plugins and compile them.
  settings.enableAutoTranspile = false;
  endQuietlyOnClosedPipe();
  process.exitCode = await runToCode([...argv], options);
  setTimeout(() => process.exit(), lingerMs).unref();
}

async function runToCode(argv: string[], options: MainOptions): Promise<number> {
  try {
    const result: unknown = await run(argv, { ...options });
    return typeof result === "number" ? result : 0;
  } catch (error) {
    const explained = await explain(error, argv, options);
    const { text, exitCode } = explained;
    if (text === "") return exitCode;
    process.stderr.write(`${redacted(text)}\n`);
    if (argv.includes("--json")) {
      // Redacted before it is quoted: a secret may hold what JSON writes in another way.
      const safe = (_key: string, value: unknown): unknown => (typeof value === "string" ? redacted(value) : value);
      process.stdout.write(`${JSON.stringify(errorDocument(error, explained), safe, 2)}\n`);
    }
    return exitCode;
  }
}

async function explainUnknown(argv: string[], options: MainOptions): Promise<Explained> {
  const [config, { didYouMean }] = await Promise.all([Config.load({ ...options }), import("@omd/core")]);
  const known = config.commandIDs.map((id) => id.replaceAll(":", " "));
  return unknownCommand(argv, known, (typed) => didYouMean(typed, known));
}

async function explain(error: unknown, argv: string[], options: MainOptions): Promise<Explained> {
  if (error instanceof Error && /^command .* not found$/.test(error.message)) return explainUnknown(argv, options);
  if (!isUnknownFlags(error)) return explainError(error, argv.includes("--debug"));
  const { didYouMean } = await import("@omd/core");
  return unknownFlags(error, didYouMean);
}

/** `omd catalog list | head` ends the reader first. */
function endQuietlyOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
}
