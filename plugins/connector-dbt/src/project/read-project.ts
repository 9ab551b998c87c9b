import { OmdError, type SourceContext } from "@omd/core";
import { md5 } from "@omd/schema";
import { ArtifactError } from "../artifacts/artifact-error.ts";
import { readCatalog } from "../artifacts/catalog.ts";
import type { Note } from "../artifacts/fields.ts";
import { readFreshness } from "../artifacts/freshness.ts";
import { readManifest } from "../artifacts/manifest.ts";
import { NewestResults, parseTime, type ReadRun } from "../artifacts/newest-results.ts";
import { readSemanticManifest } from "../artifacts/semantic-manifest.ts";
import { whyNoRunResults } from "../artifacts/run-results.ts";
import type { ArtifactMetadata, FreshnessResult, RunResult } from "../artifacts/shapes.ts";
import type { Artifact, Project } from "../places/project.ts";
import { leanResult, withoutRaw } from "./lean.ts";
import { OpenProject } from "./open-project.ts";
import { ProjectIndex } from "./project-index.ts";
import { SemanticLayer } from "./semantic-layer.ts";
import { Spool } from "./spool.ts";
import type { ProjectRun } from "./view.ts";

export interface ReadingParts {
  readonly context: Pick<SourceContext, "warn" | "filtered" | "signal">;
  /** Told about each artifact that could not be read; the project is not complete then. */
  readonly gap: (reason: string) => void;
}

/**
 * Reads a project's artifacts, each once and as a stream; what is large is kept on disk until `close`. Throws what its manifest cannot be
 * read for: an ArtifactError, an HttpError; other artifacts that cannot be read are told to `gap`.
 */
export async function readProject(project: Project, parts: ReadingParts): Promise<OpenProject> {
  const spool = new Spool();
  try {
    return await new Reading(project, parts, spool).all();
  } catch (error) {
    spool.close();
    throw error;
  }
}

/** The metadata stand at the beginning of what dbt writes. */
const guessBytes = 64 * 1024;

class Reading {
  readonly #project: Project;
  readonly #parts: ReadingParts;
  readonly #spool: Spool;
  readonly #index: ProjectIndex;
  readonly #results: NewestResults;
  readonly #runs: ProjectRun[] = [];
  readonly #freshness = new Map<string, FreshnessResult>();
  #isComplete = true;
  #hasCatalog = false;

  constructor(project: Project, parts: ReadingParts, spool: Spool) {
    this.#project = project;
    this.#parts = parts;
    this.#spool = spool;
    this.#index = new ProjectIndex(spool);
    this.#results = new NewestResults({
      knows: (uniqueId) => this.#index.knows(uniqueId),
      keep: (result) => leanResult(result, spool),
    });
  }

  async all(): Promise<OpenProject> {
    // The place gives the manifest first; the others are read by what it knows.
    for (const artifact of this.#project.artifacts()) {
      if (artifact.kind === "manifest") await this.#manifest(artifact);
      else await this.#other(artifact);
    }
    const metadata = namedProject(this.#index);
    if (metadata === undefined) throw new ArtifactError(this.#project.name, "it has no manifest.json");
    this.#tellLeftOut();
    return new OpenProject({
      index: this.#index,
      spool: this.#spool,
      metadata,
      name: metadata.projectName ?? this.#project.name,
      results: this.#results,
      runs: this.#runs,
      freshness: this.#freshness,
      isComplete: this.#isComplete,
      hasCatalog: this.#hasCatalog,
    });
  }

  #tellLeftOut(): void {
    const { context } = this.#parts;
    for (const uniqueId of this.#index.disabled()) context.filtered(uniqueId, "switched off in dbt (enabled: false)");
    for (const uniqueId of this.#index.ids("savedQuery")) {
      const exported = this.#index.load("savedQuery", uniqueId)?.exports.length ?? 0;
      const tables = exported === 0 ? "" : `, nor are the tables that its exports write (${exported})`;
      context.filtered(uniqueId, `saved queries are not brought: the catalog has no entity for them${tables}`);
    }
  }

  async #manifest(artifact: Artifact): Promise<void> {
    const { file } = artifact;
    for await (const item of readManifest(artifact.open(), file, this.#note(file))) this.#index.take(item);
  }

  async #other(artifact: Artifact): Promise<void> {
    try {
      if (artifact.kind === "catalog") await this.#catalog(artifact);
      else if (artifact.kind === "semanticManifest") await this.#semanticManifest(artifact);
      else if (artifact.kind === "runResults") await this.#runResults(artifact);
      else if (artifact.kind === "sources") await this.#sources(artifact);
    } catch (thrown) {
      if (this.#parts.context.signal.aborted) throw thrown;
      this.#gap(reasonOf(thrown, artifact.file));
    }
  }

  async #catalog(artifact: Artifact): Promise<void> {
    const { file } = artifact;
    let tables = 0;
    let own = 0;
    let isWhole = true;
    for await (const item of readCatalog(artifact.open(), file, this.#note(file))) {
      if (item.kind === "metadata") continue;
      if (item.kind === "errors") {
        isWhole = false;
        this.#gap(`${file}: dbt could not list all tables: ${item.value.join("; ")}`);
      } else {
        tables += 1;
        own += Number(this.#index.takeTable(item.value));
      }
    }
    if (tables > 0 && own === 0) this.#foreign(file);
    else this.#hasCatalog = isWhole;
  }

  async #semanticManifest(artifact: Artifact): Promise<void> {
    const { file } = artifact;
    const note = this.#note(file);
    const layer = new SemanticLayer({ index: this.#index, spool: this.#spool, note });
    for await (const item of readSemanticManifest(artifact.open(), file, note)) layer.take(item);
    if (layer.isForeign())
      this.#parts.context.warn(
        file,
        "it is of another project, or of another environment of this one: nothing in it belongs to the manifest; it is left out",
      );
    else layer.bring(namedProject(this.#index)?.projectName ?? this.#project.name);
  }

  async #runResults(artifact: Artifact): Promise<void> {
    const { file } = artifact;
    const reason = artifact.isGuess === true ? await whyNoRunResults(artifact.open(guessBytes), file) : undefined;
    if (reason !== undefined) {
      this.#parts.context.warn(file, `its name looks like run results, but it is left out: ${reason}`);
      return;
    }
    const run = await this.#results.add(artifact.open(), file, this.#note(file));
    if (run?.isForeign === true) this.#foreign(file);
    else if (run !== undefined) this.#runs.push(spooledRun(run, file, this.#spool));
  }

  async #sources(artifact: Artifact): Promise<void> {
    const { file } = artifact;
    let results = 0;
    let generatedAt: string | undefined;
    const own: FreshnessResult[] = [];
    for await (const item of readFreshness(artifact.open(), file, this.#note(file))) {
      if (item.kind === "metadata") {
        ({ generatedAt } = item.value);
        continue;
      }
      results += 1;
      if (this.#index.relations.has(item.value.uniqueId)) own.push(withoutRaw(item.value));
    }
    if (results > 0 && own.length === 0) this.#foreign(file);
    for (const found of own) {
      // dbt writes no time at a source that it could not ask: that of the file stands for it.
      const result = checkedAt(found) === -Infinity ? { ...found, completedAt: generatedAt } : found;
      const known = this.#freshness.get(result.uniqueId);
      if (known === undefined || checkedAt(result) >= checkedAt(known)) this.#freshness.set(result.uniqueId, result);
    }
  }

  #note(file: string): Note {
    return (message) => this.#parts.context.warn(file, message);
  }

  #foreign(file: string): void {
    this.#parts.context.warn(file, "it is of another project, none of its nodes is in the manifest; it is left out");
  }

  #gap(reason: string): void {
    this.#isComplete = false;
    this.#parts.gap(reason);
  }
}

/** Before dbt 1.6 a manifest says its project's name only as the md5 that is `project_id`. */
function namedProject({ metadata, relations }: ProjectIndex): ArtifactMetadata | undefined {
  if (metadata === undefined || metadata.projectName !== undefined) return metadata;
  const packages = new Set([...relations.values()].map(({ packageName }) => packageName));
  const projectName = [...packages].find((name) => name !== undefined && md5(name) === metadata.projectId);
  return { ...metadata, projectName };
}

/** Epoch ms. */
function checkedAt(result: FreshnessResult): number {
  return parseTime(result.completedAt ?? result.snapshottedAt) ?? -Infinity;
}

function spooledRun({ metadata, which, elapsedSeconds, results }: ReadRun, file: string, spool: Spool): ProjectRun {
  const place = spool.add(results);
  return {
    file,
    metadata: withoutRaw(metadata),
    which,
    elapsedSeconds,
    results: () => spool.read(place) as Omit<RunResult, "compiledCode">[],
  };
}

/** One line, with what can be done about it. */
export function reasonOf(thrown: unknown, file: string): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const named = message.includes(file) ? message : `${file}: ${message}`;
  return thrown instanceof OmdError && thrown.hint !== undefined ? `${named} (${thrown.hint})` : named;
}
