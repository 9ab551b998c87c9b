import { OmdError, type SourceContext } from "@omd/core";
import type { ByteStream } from "../artifacts/plain-bytes.ts";

export type ArtifactKind = "manifest" | "catalog" | "runResults" | "sources" | "semanticManifest";

/** One file of dbt, where it lies. */
export interface Artifact {
  readonly kind: ArtifactKind;
  /** Found by a name that only resembles dbt's own: it counts where its metadata say that it is of this kind. */
  readonly isGuess?: boolean | undefined;
  /** For messages: path, URL without its query, `s3://bucket/key`. */
  readonly file: string;
  /** As stored; undefined where the place does not tell. */
  readonly bytes: number | undefined;
  /** Milliseconds since 1970. */
  readonly modifiedAtMs: number | undefined;
  /** Reads the file from its beginning, piece by piece; each call anew. The first piece has `firstBytes`, where the place gives parts. */
  open(firstBytes?: number): ByteStream;
}

/** The artifacts of one dbt project. */
export interface Project {
  /** Directory, URL or run that they are of. */
  readonly name: string;
  /** One manifest first, then the others; any number of run results, oldest first where the place tells. */
  artifacts(): readonly Artifact[];
  /** Asks for the manifest, where finding the project did not. Throws OMD_CONNECTION when it cannot be read. */
  reach?(): Promise<void>;
}

/** What a place needs of the run. */
export type PlaceContext = Pick<SourceContext, "http" | "warn" | "secret" | "signal" | "log">;

/** A place that cannot be read, or that has no manifest. */
export function placeError(message: string, details: { hint?: string; cause?: unknown } = {}): OmdError {
  return new OmdError("OMD_CONNECTION", message, details);
}

const order: readonly ArtifactKind[] = ["manifest", "catalog", "semanticManifest", "runResults", "sources"];

/** A project of these files, in the order that {@link Project.artifacts} promises. */
export function projectOf(name: string, artifacts: readonly Artifact[]): Project {
  const sorted = artifacts.toSorted(
    (a, b) =>
      order.indexOf(a.kind) - order.indexOf(b.kind) ||
      (a.modifiedAtMs ?? 0) - (b.modifiedAtMs ?? 0) ||
      (a.file < b.file ? -1 : Number(a.file > b.file)),
  );
  return { name, artifacts: () => sorted };
}

const exactNames: Readonly<Record<string, ArtifactKind>> = {
  "manifest.json": "manifest",
  "catalog.json": "catalog",
  "sources.json": "sources",
  "semantic_manifest.json": "semanticManifest",
};

/** What the name of a file tells. */
export type NamedKind = Pick<Artifact, "kind" | "isGuess">;

/**
 * What a file of this name is; `.gz` may follow. Only exact names count, but for run results: dbt writes each over the one before, so that people
 * keep them under names of their own, such as `run_results_2.json`, `run_results1.json`, `run_results 2.json` and `prod_run_results.json`.
 */
export function artifactKindOf(name: string): NamedKind | undefined {
  const plain = name.endsWith(".gz") ? name.slice(0, -3) : name;
  if (/^run_results(?:[._-][^/]*)?\.json$/u.test(plain)) return { kind: "runResults" };
  if (/^run_results[^/]*\.json$|^[^/]*[._-]run_results\.json$/u.test(plain))
    return { kind: "runResults", isGuess: true };
  const kind = Object.hasOwn(exactNames, plain) ? exactNames[plain] : undefined;
  return kind && { kind };
}
