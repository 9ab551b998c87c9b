import { ArtifactError, ArtifactVersionError } from "./artifact-error.ts";
import { Fields, isRaw, type Note } from "./fields.ts";
import type { ArtifactMetadata } from "./shapes.ts";

/** The name that dbt's schema addresses have: `https://schemas.getdbt.com/dbt/run-results/v6.json`. */
export interface ArtifactKind {
  readonly schema: "manifest" | "catalog" | "run-results" | "sources";
  /** Usual name of the file. */
  readonly file: string;
  readonly oldest: number;
  /** What this connector was written by. */
  readonly newest: number;
  /** Newer ones up to this are read by the rules of the newest: minor versions, and of manifests dbt Fusion's 20, which has the same keys. */
  readonly readable: number;
  /** Which dbt wrote the oldest. */
  readonly since: string;
}

/** Reads `metadata` and checks that the file is of this kind and of a version that is known. Throws an {@link ArtifactError}. */
export function readMetadata(
  value: unknown,
  kind: ArtifactKind,
  file: string,
  offset: number,
  note: Note,
): ArtifactMetadata {
  const expected = `metadata.dbt_schema_version …/dbt/${kind.schema}/v${kind.oldest}.json to v${kind.readable}.json`;
  const fields = new Fields(isRaw(value) ? value : {}, "metadata", note);
  const address = fields.text("dbt_schema_version");
  const found = /\/dbt\/([a-z-]+)\/v(\d+)(?:\.json)?$/u.exec(address ?? "");
  if (found === null) {
    const what = address === undefined ? "metadata has no dbt_schema_version" : `its schema is ${address}`;
    throw new ArtifactError(file, `it is no ${kind.file} of dbt: ${what}`, { offset, expected });
  }
  const [, schema, digits] = found;
  const version = Number(digits);
  if (schema !== kind.schema)
    throw new ArtifactError(file, `it is of another kind: ${schema} v${version}`, {
      offset,
      expected,
      hint: "Give each artifact under the key that is meant for it.",
    });
  if (version < kind.oldest)
    throw new ArtifactVersionError(file, `its schema version v${version} is too old`, {
      offset,
      expected,
      hint: `Make it with ${kind.since} or newer.`,
    });
  if (version > kind.readable)
    throw new ArtifactVersionError(file, `its schema version v${version} is newer than this connector knows`, {
      offset,
      expected,
      hint: "Update the connector, or make the artifacts with a dbt that writes a version named here.",
    });
  if (version > kind.newest)
    note(
      `metadata: schema version v${version} is read by the rules of v${kind.newest}, the newest that this connector knows`,
    );
  return {
    schemaVersion: version,
    dbtVersion: fields.text("dbt_version"),
    generatedAt: fields.text("generated_at"),
    invocationId: fields.text("invocation_id"),
    invocationStartedAt: fields.text("invocation_started_at"),
    projectName: fields.text("project_name"),
    projectId: fields.text("project_id"),
    adapterType: fields.text("adapter_type"),
    raw: fields.raw,
  };
}
