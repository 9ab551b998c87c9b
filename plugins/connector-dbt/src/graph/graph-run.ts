import { right, type Either, type SourceContext } from "@omd/core";
import { createSqlLineage, type SqlLineage } from "@omd/lineage";
import { isBelow, type FQN, type MetadataRecord } from "@omd/schema";
import type { DbtOptions } from "../config.ts";
import type { ProjectView } from "../project/view.ts";
import type { Labels } from "../tables/labels.ts";
import type { Owners } from "../tables/owners.ts";
import { projectPrefix, rememberedEdge, removedMark } from "./edge-memory.ts";
import { MadeEntities } from "./made-entities.ts";
import { runsPrefix } from "./pipeline-runs.ts";
import { ProjectSql } from "./project-sql.ts";
import { storeOf } from "./store.ts";

/** A query that takes longer is not worth the wait: its table lineage is known all the same. */
const longestQuerySeconds = 10;
const projectMark = "graph/project/";

export interface GraphRunParts {
  readonly context: SourceContext;
  readonly options: DbtOptions;
  readonly labels: Labels;
  readonly owners: Owners;
}

/** What the graphs of all projects of one run share: the parser, what stands, and what is taken back at the end. */
export class GraphRun {
  readonly context: SourceContext;
  readonly options: DbtOptions;
  readonly lineage: SqlLineage;
  readonly labels: Labels;
  readonly owners: Owners;
  readonly made: MadeEntities;
  /** Keys of marks whose edges stand. */
  readonly standing = new Set<string>();
  readonly nowMs = Date.now();
  readonly #store: string | undefined;
  readonly #gone = new Set<string>();
  readonly #projects = new Set<string>();
  /** Of the projects that are pipelines, keys of marks of the runs that they have. */
  readonly #runs = new Map<string, Set<string>>();
  #isComplete = true;

  constructor(parts: GraphRunParts, lineage: SqlLineage = parserOf(parts.options)) {
    const { context, options, labels, owners } = parts;
    this.context = context;
    this.options = options;
    this.labels = labels;
    this.owners = owners;
    this.lineage = lineage;
    this.made = new MadeEntities(context);
    this.#store = storeOf(options.dbtConfigSource);
  }

  /** Whether the run is to write this entity, after `--only`. */
  readonly isWanted = (fqn: FQN): boolean => {
    const { only } = this.context.selection;
    return only.length === 0 || only.some((one) => one === fqn || isBelow(fqn, one));
  };

  /** Asks the parser for a project. All its SQL is read when no run has drawn edges of it; later only that which is new. */
  sqlOf(view: ProjectView): ProjectSql {
    const [known] = this.context.marks.withPrefix(projectPrefix(view.home));
    return new ProjectSql(view, this.lineage, known === undefined);
  }

  /** A project of this run could not be read, or not whole: nothing is taken back. */
  incomplete(): void {
    this.#isComplete = false;
  }

  /** The project's edges are drawn; `gone` are keys of marks of those that it no longer has. */
  endProject(view: ProjectView, gone: readonly string[]): void {
    this.#projects.add(view.home);
    for (const key of gone) this.#gone.add(key);
    if (!view.isComplete) this.incomplete();
  }

  /** Whether this is the first project of the run that is this pipeline, and what was met of its runs. Jobs of one project share it. */
  pipelineOf(view: ProjectView): { readonly isFirst: boolean; readonly met: Set<string> } {
    const known = this.#runs.get(view.home);
    const met = known ?? new Set();
    this.#runs.set(view.home, met);
    return { isFirst: known === undefined, met };
  }

  /** What the run remembers of a project beside its entities: the store that it lies in. */
  projectMark(view: ProjectView): { key: string; value: string } {
    return { key: projectMark + encodeURIComponent(view.home), value: this.#store ?? "" };
  }

  /** All projects were read: removals of edges that earlier runs made and that are gone, and scopes of entities that are gone. */
  *end(): Generator<Either<MetadataRecord>> {
    const { marks, selection } = this.context;
    if (!this.#isComplete || selection.only.length > 0 || selection.limit !== undefined) return;
    const removed = this.#removedProjects();
    for (const project of removed) for (const { key } of marks.withPrefix(projectPrefix(project))) this.#gone.add(key);
    for (const key of this.#gone) {
      if (this.standing.has(key)) continue;
      const memory = rememberedEdge(marks.get(key));
      if (memory?.removal === undefined) marks.forget(key);
      else yield right({ ...memory.removal, marks: [removedMark(key)] });
    }
    for (const [project, met] of this.#runs)
      for (const { key } of marks.withPrefix(runsPrefix(project))) if (!met.has(key)) marks.forget(key);
    this.made.retire(new Set([...this.#projects, ...removed]));
    for (const project of removed) marks.forget(projectMark + encodeURIComponent(project));
  }

  /** Ends the parser's thread. */
  close(): Promise<void> {
    return this.lineage.close();
  }

  /** Projects that lay in the same store and are there no more. Elsewhere another workflow may have them. */
  #removedProjects(): string[] {
    if (this.#store === undefined) return [];
    const found: string[] = [];
    for (const { key, value } of this.context.marks.withPrefix(projectMark)) {
      const project = decodeURIComponent(key.slice(projectMark.length));
      if (value === this.#store && !this.#projects.has(project)) found.push(project);
    }
    return found;
  }
}

/** How long one query may take, for a limit in seconds. */
export function queryLimitMs(seconds: number): number {
  return Math.min(Math.max(seconds, 1), longestQuerySeconds) * 1000;
}

function parserOf({ parsingTimeoutLimit }: DbtOptions): SqlLineage {
  // Each model is asked about once: answers that are kept would only take up memory.
  return createSqlLineage({ timeLimitMs: queryLimitMs(parsingTimeoutLimit), cached: 32 });
}
