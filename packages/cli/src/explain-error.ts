export interface Explained {
  readonly text: string;
  readonly exitCode: number;
}

interface KnownError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Codes that mean: the configuration or the call is wrong, and running again will not help. */
const configurationCodes = new Set([
  "OMD_CONFIG",
  "OMD_CONNECTOR_NOT_FOUND",
  "OMD_CONNECTOR_AMBIGUOUS",
  "OMD_CONNECTOR_INVALID",
]);

/** What a user sees of an error, and the exit code that goes with it. The stack is shown with `debug` only. */
export function explainError(error: unknown, debug = false): Explained {
  if (isOclifError(error)) {
    const exitCode = error.oclif.exit ?? 2;
    // An exit that was asked for has nothing to say.
    if (error.code === "EEXIT") return { text: "", exitCode };
    return { text: withStack(`omd: ${error.message}`, error, debug), exitCode };
  }
  if (isKnown(error))
    return { text: withStack(knownText(error), error, debug), exitCode: configurationCodes.has(error.code) ? 2 : 1 };
  const message = error instanceof Error ? error.message || error.name : String(error);
  const more = debug ? "" : "\n  This was not expected. Run it again with --debug to see where it happened.";
  return { text: withStack(`omd: ${message}${more}`, error, debug), exitCode: 1 };
}

/** Commands that read a workflow file. */
const takesWorkflow: ReadonlySet<string> = new Set(["ingest", "plan", "check"]);

/** Says which command may have been meant; `near` finds the known one nearest to what was typed. */
export function unknownCommand(
  argv: readonly string[],
  known: readonly string[],
  near: (typed: string) => string | undefined,
): Explained {
  const end = argv.findIndex((word) => word.startsWith("-"));
  const words = end < 0 ? argv : argv.slice(0, end);
  const typed = words.join(" ");
  const longest = known.filter((id) => `${typed} `.startsWith(`${id} `)).sort((a, b) => b.length - a.length)[0];
  const suggested = near(typed);
  const text =
    longest === undefined
      ? `omd: there is no command "${typed}"${suggested === undefined ? "" : ` (did you mean "${suggested}"?)`}`
      : `omd: ${longest} takes no argument "${words.slice(longest.split(" ").length).join(" ")}"`;
  const file = words.find((word) => /\.(ya?ml|json)$/i.test(word));
  if (file !== undefined && longest !== undefined && takesWorkflow.has(longest))
    return { text: `${text}\n  A workflow file is named by a flag: omd ${longest} -c ${file}`, exitCode: 2 };
  return {
    text: `${text}\n  omd ${longest === undefined ? "" : `${longest} `}--help shows what there is.`,
    exitCode: 2,
  };
}

/** Says which flags may have been meant; `near` finds the known one nearest to what was typed. */
export function unknownFlags(
  error: UnknownFlags,
  near: (typed: string, known: readonly string[]) => string | undefined,
): Explained {
  const known = Object.keys(error.parse.input.flags).map((name) => `--${name}`);
  const lines = error.flags.map((flag) => {
    const meant = near(flag, known);
    return `omd: there is no flag ${flag}${meant === undefined ? "" : ` (did you mean ${meant}?)`}`;
  });
  return { text: `${lines.join("\n")}\n  See more help with --help`, exitCode: 2 };
}

/** What oclif throws of flags that a command has not got. */
export interface UnknownFlags {
  readonly flags: readonly string[];
  readonly parse: { readonly input: { readonly flags: object } };
}

export function isUnknownFlags(error: unknown): error is UnknownFlags {
  return error instanceof Error && error.constructor.name === "NonExistentFlagsError";
}

function knownText(error: KnownError): string {
  const first = "issues" in error ? issuesText(error) : `omd: ${error.message} [${error.code}]`;
  return error.hint === undefined ? first : `${first}\n  ${error.hint}`;
}

/** Each line of a bad file already says where it is: file:line:column path: what is wrong. */
function issuesText({ code, message }: KnownError): string {
  return code === "OMD_CONFIG" ? message : `${message} [${code}]`;
}

function withStack(text: string, error: unknown, debug: boolean): string {
  if (!debug || !(error instanceof Error) || error.stack === undefined) return text;
  const cause =
    error.cause instanceof Error && error.cause.stack !== undefined ? `\ncaused by ${error.cause.stack}` : "";
  return `${text}\n${error.stack}${cause}`;
}

/** By symbol: a plugin brings its own copy of core. */
function isKnown(error: unknown): error is KnownError {
  return typeof error === "object" && error !== null && Symbol.for("omd.error") in error;
}

function isOclifError(error: unknown): error is Error & { code?: string; oclif: { exit?: number } } {
  return error instanceof Error && "oclif" in error && typeof error.oclif === "object" && error.oclif !== null;
}
