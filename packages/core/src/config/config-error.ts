import { OmdError, type ErrorCode } from "../errors.ts";

export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong in a configuration. `line` and `column` count from 1; absent when the config came from an object. */
export interface ConfigIssue {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly path: ConfigPath;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/**
 * A bad configuration, with everything that is wrong in it. The message has one line per issue: `file:line:column path: what is wrong`.
 * The code is OMD_CONFIG, or that of a connector which is not there or broken.
 */
export class ConfigError extends OmdError {
  override name = "ConfigError";
  readonly issues: readonly ConfigIssue[];

  constructor(
    issues: readonly ConfigIssue[],
    {
      code = "OMD_CONFIG",
      ...options
    }: { code?: ErrorCode | undefined; hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(code, issues.map(issueLine).join("\n"), options);
    this.issues = issues;
  }
}

/** `airflow.yaml:12:5 source.serviceName: missing key (did you mean …?)`. */
export function issueLine(issue: ConfigIssue): string {
  const place = [issue.file, issue.line, issue.line === undefined ? undefined : issue.column];
  const suggestion = issue.suggestion === undefined ? "" : ` (did you mean ${issue.suggestion}?)`;
  const path = issue.path.length === 0 ? "" : ` ${pathText(issue.path)}`;
  return `${place.filter((part) => part !== undefined).join(":")}${path}: ${issue.message}${suggestion}`;
}

/** `a.b[0]."c.d"`. */
export function pathText(path: ConfigPath): string {
  return path
    .map((part, at) => {
      if (typeof part === "number") return `[${part}]`;
      const key = /^[^.\s[\]"]+$/.test(part) ? part : JSON.stringify(part);
      return at === 0 ? key : `.${key}`;
    })
    .join("");
}
