import type { NewestResults } from "../artifacts/newest-results.ts";
import type { ArtifactMetadata, CatalogTable, FreshnessResult } from "../artifacts/shapes.ts";
import type { ProjectIndex } from "./project-index.ts";
import type { Spool } from "./spool.ts";
import type { Loaded, MatchedTable, ProjectRun, ProjectView, Relation, TestEntry } from "./view.ts";

export interface ProjectParts {
  readonly index: ProjectIndex;
  readonly spool: Spool;
  readonly metadata: ArtifactMetadata;
  readonly name: string;
  readonly results: NewestResults;
  readonly runs: readonly ProjectRun[];
  readonly freshness: ReadonlyMap<string, FreshnessResult>;
  readonly isComplete: boolean;
  readonly hasCatalog: boolean;
}

/** A project that was read; its tables are set as they are found in the catalog. */
export class OpenProject implements ProjectView {
  readonly metadata: ArtifactMetadata;
  readonly name: string;
  home: string;
  readonly relations: ReadonlyMap<string, Relation>;
  readonly tests: ReadonlyMap<string, TestEntry>;
  readonly timeSpines: ReadonlyMap<string, string>;
  readonly results: NewestResults;
  readonly runs: readonly ProjectRun[];
  readonly freshness: ReadonlyMap<string, FreshnessResult>;
  readonly isComplete: boolean;
  /** Whether a catalog.json was read whole: a relation that it lacks was not in the database then. */
  readonly hasCatalog: boolean;
  readonly #index: ProjectIndex;
  readonly #spool: Spool;
  readonly #tables = new Map<string, MatchedTable>();
  readonly #upstream = new Map<string, readonly string[]>();

  constructor(parts: ProjectParts) {
    this.metadata = parts.metadata;
    this.name = parts.name;
    this.home = parts.name;
    this.relations = parts.index.relations;
    this.tests = parts.index.tests;
    this.timeSpines = parts.index.timeSpines;
    this.results = parts.results;
    this.runs = parts.runs;
    this.freshness = parts.freshness;
    this.isComplete = parts.isComplete;
    this.hasCatalog = parts.hasCatalog;
    this.#index = parts.index;
    this.#spool = parts.spool;
  }

  ids(kind: Exclude<keyof Loaded, "node" | "source">): readonly string[] {
    return this.#index.ids(kind);
  }

  load<K extends keyof Loaded>(kind: K, uniqueId: string): Loaded[K] | undefined {
    return this.#index.load(kind, uniqueId);
  }

  catalog(uniqueId: string): CatalogTable | undefined {
    return this.#index.table(uniqueId);
  }

  table(uniqueId: string): MatchedTable | undefined {
    return this.#tables.get(uniqueId);
  }

  column(uniqueId: string, name: string): string | undefined {
    const columns = this.#tables.get(uniqueId)?.columns;
    if (columns === undefined || columns.includes(name)) return columns && name;
    const lower = name.toLowerCase();
    return columns.find((column) => column.toLowerCase() === lower);
  }

  upstreamTables(uniqueId: string): readonly string[] {
    const known = this.#upstream.get(uniqueId);
    if (known !== undefined) return known;
    const found = this.#tablesAbove(uniqueId).toSorted();
    this.#upstream.set(uniqueId, found);
    return found;
  }

  /** Says which table of the catalog a relation is. */
  setTable(uniqueId: string, table: MatchedTable): void {
    if (!this.#tables.has(uniqueId)) this.#upstream.clear();
    this.#tables.set(uniqueId, table);
  }

  /** Removes what was kept on disk; may be called again. */
  close(): void {
    this.#spool.close();
  }

  #tablesAbove(uniqueId: string): string[] {
    const met = new Set([uniqueId]);
    const open = [uniqueId];
    const found: string[] = [];
    for (let id = open.pop(); id !== undefined; id = open.pop())
      for (const above of this.relations.get(id)?.dependsOn ?? []) {
        if (met.has(above)) continue;
        met.add(above);
        if (this.relations.get(above)?.isEphemeral === true) open.push(above);
        else if (this.#tables.has(above)) found.push(above);
      }
    return found;
  }
}
