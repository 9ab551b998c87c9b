import type { Schema } from "../contracts/index.ts";
import type { OmdError } from "../errors.ts";
import type { ConfigIssue, ConfigPath } from "./config-error.ts";
import type { ConfigOrigin } from "./config-origin.ts";
import { explainIssues, isZodError, valueAt } from "./explain-issues.ts";
import { asJsonSchema, locate } from "./locate-issues.ts";
import { unreadableHttpFiles } from "./readable-files.ts";

/** A part that the schema of the file leaves open, because a connector or the catalog knows what belongs there. */
export interface OpenPart {
  readonly path: ConfigPath;
  readonly schema: Schema<unknown>;
  readonly value: unknown;
}

/** What was found out about the open parts of a config. */
export interface OpenParts {
  readonly parts: readonly OpenPart[];
  /** Why nobody knows what belongs into the source's part: its connector is not there, or broken. */
  readonly problem?: { readonly path: ConfigPath; readonly error: OmdError } | undefined;
}

/** Finds the schemas of the open parts. `config` is what was read, before anything is known to be right in it. */
export type FindOpenParts = (config: unknown) => Promise<OpenParts>;

/** What is wrong in the open parts and in the files that the config names; `problem` when the connector is at fault. */
export async function checkOpenParts(
  config: unknown,
  origin: ConfigOrigin,
  find: FindOpenParts,
): Promise<{ readonly issues: readonly ConfigIssue[]; readonly problem?: OmdError | undefined }> {
  const { parts, problem } = await find(config);
  const issues = [...parts.flatMap((part) => partIssues(part, origin)), ...unreadableHttpFiles(config, origin)];
  if (!problem) return { issues };
  const { path, error } = problem;
  const at = valueAt(config, path) === undefined ? "key" : "value";
  const unusable = locate({ path, message: error.message, at }, origin, []);
  return { issues: [...issues, unusable], problem: error };
}

function partIssues({ path, schema, value }: OpenPart, origin: ConfigOrigin): ConfigIssue[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const { error } = parsed;
  const explained = isZodError(error)
    ? explainIssues(error.issues, value, asJsonSchema(schema))
    : [{ path: [], message: error.message, at: "value" as const }];
  return explained.map((item) => locate(item, origin, path));
}
