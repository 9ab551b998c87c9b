import { right, type Either, type SourceContext } from "@omd/core";
import type { ColumnLineage, EntityKey, LineageRecord, Mark, MetadataRecord } from "@omd/schema";
import {
  edgeMark,
  edgeMarkKey,
  hashOf,
  noEdgeKey,
  rememberedEdge,
  targetPrefix,
  type EdgeMemory,
} from "./edge-memory.ts";

/** An edge that is in the catalog all the same is sent again after this time: somebody may have removed it there. */
const maxAgeMs = 7 * 24 * 3_600_000;

/** An edge of the project. */
export interface GraphEdge {
  readonly from: EntityKey;
  /** Unique id of where it comes from. */
  readonly via: string;
  readonly columns: readonly ColumnLineage[];
  /** Only SQL names it: dbt does not know of it. */
  readonly isNamed?: boolean | undefined;
}

/** All edges into one thing, and what they follow from. */
export interface EdgesInto {
  /** Unique id. */
  readonly id: string;
  readonly to: EntityKey;
  readonly edges: readonly GraphEdge[];
  /** Changes with all that the edges follow from. */
  readonly basis: string;
  readonly sql: string | undefined;
  readonly failure: string | undefined;
  /** Nothing was learnt about columns: those that an edge has stay. */
  readonly keepsColumns?: boolean | undefined;
}

export interface EdgeSettings {
  readonly project: string;
  /** Made by the project: drawn with it. */
  readonly pipeline: EntityKey | undefined;
  /** The catalog had it before this run: without it, what an earlier run wrote is gone. */
  readonly hadPipeline: boolean;
  /** Every edge is sent again, and what dbt's lineage into a thing was before goes. */
  readonly override: boolean;
  /** Of the run: what was written in one of another may have to look different now. */
  readonly fingerprint: string;
  readonly nowMs: number;
}

/** Gives the edges of one project that the catalog does not have yet, in the form that they have now. */
export class ProjectEdges {
  readonly #context: Pick<SourceContext, "marks">;
  readonly #settings: EdgeSettings;
  /** Unique ids of things whose edges this run has looked at. */
  readonly judged = new Set<string>();
  /** Keys of marks whose edges stand, of all projects of the run. */
  readonly standing: Set<string>;
  /** Marks without a record of their own. */
  readonly riders: Mark[] = [];

  constructor(context: Pick<SourceContext, "marks">, settings: EdgeSettings, standing: Set<string>) {
    this.#context = context;
    this.#settings = settings;
    this.standing = standing;
  }

  /** What earlier runs wrote, by key of the mark. */
  known(id: string): ReadonlyMap<string, EdgeMemory> {
    const found = new Map<string, EdgeMemory>();
    for (const { key, value } of this.#context.marks.withPrefix(targetPrefix(this.#settings.project, id))) {
      const memory = rememberedEdge(value);
      if (memory !== undefined) found.set(key, memory);
    }
    return found;
  }

  /** Whether the catalog has just the edges that follow from `basis`. */
  isSettled(known: ReadonlyMap<string, EdgeMemory>, basis: string): boolean {
    const valid = [...known.values()].filter(
      (memory) =>
        memory.basis === basis && this.#isFresh(memory) && this.#isOfThisRun(memory) && this.#isDrawnAlike(memory),
    );
    const count = valid[0]?.count;
    return !this.#settings.override && count !== undefined && valid.length === Math.max(count, 1);
  }

  /** Leaves the edges as they are that the catalog has after `basis`. */
  settle(id: string, known: ReadonlyMap<string, EdgeMemory>, basis: string): void {
    this.judged.add(id);
    for (const [key, memory] of known) if (memory.basis === basis) this.standing.add(key);
  }

  /** The edges into something that no SQL makes, unless the catalog has just these. */
  *news(into: Pick<EdgesInto, "id" | "to" | "edges">): Generator<Either<MetadataRecord>> {
    const basis = hashOf([into.to.fqn, into.edges.map(({ from }) => from.fqn)]);
    const known = this.known(into.id);
    if (this.isSettled(known, basis)) this.settle(into.id, known, basis);
    else yield* this.send({ ...into, basis, sql: undefined, failure: undefined }, known);
  }

  /** The edges into one thing that are news; an edge that lost columns is removed first, since the catalog only ever adds some. */
  *send(into: EdgesInto, known: ReadonlyMap<string, EdgeMemory>): Generator<Either<MetadataRecord>> {
    const { id, edges, basis, sql, failure } = into;
    const { project, nowMs, fingerprint } = this.#settings;
    this.judged.add(id);
    if (edges.length > 0) {
      for (const edge of edges) yield* this.#written(edge, into, known);
      return;
    }
    const key = noEdgeKey(project, id);
    this.standing.add(key);
    const none = { count: 0, columns: "", via: "", isNamed: false, fingerprint, removal: undefined };
    this.riders.push(edgeMark(key, { ...none, basis, at: nowMs, hasSql: sql !== undefined, failure }));
  }

  /** Edges into a relation whose SQL this run cannot see, as after `dbt run --select`: those that are there keep their columns. */
  *sendUnread(into: EdgesInto, known: ReadonlyMap<string, EdgeMemory>): Generator<Either<MetadataRecord>> {
    const { project, override, fingerprint } = this.#settings;
    this.judged.add(into.id);
    for (const [key, memory] of known) if (memory.isNamed) this.standing.add(key);
    for (const edge of into.edges) {
      const key = edgeMarkKey(project, into.id, edge.from, into.to);
      const before = known.get(key);
      this.standing.add(key);
      if (before?.hasSql === true) {
        if (override || !this.#isOfThisRun(before))
          yield right({
            ...recordOf(edge, into, this.#settings),
            marks: [edgeMark(key, { ...before, fingerprint })],
          });
        continue;
      }
      const isSame =
        before?.removal !== undefined &&
        this.#isOfThisRun(before) &&
        this.#isDrawnAlike(before) &&
        this.#isFresh(before);
      if (!isSame || override) yield* this.#written(edge, into, known);
    }
  }

  *#written(
    edge: GraphEdge,
    into: EdgesInto,
    known: ReadonlyMap<string, EdgeMemory>,
  ): Generator<Either<MetadataRecord>> {
    const { project, pipeline, override, fingerprint, nowMs } = this.#settings;
    const { id, to, edges, basis, sql, failure } = into;
    const { from, via, columns, isNamed = false } = edge;
    const key = edgeMarkKey(project, id, from, to);
    this.standing.add(key);
    const before = known.get(key);
    const memory: EdgeMemory = {
      basis,
      count: edges.length,
      columns: (into.keepsColumns === true ? before?.columns : undefined) ?? hashOf(columns),
      at: nowMs,
      via,
      hasSql: sql !== undefined,
      isNamed,
      fingerprint,
      failure,
      removal: { kind: "lineageRemoval", from, to, source: "DbtLineage", pipeline },
    };
    if (before?.removal !== undefined && !override && isOther(before, memory)) yield right(before.removal);
    const record = recordOf(edge, into, this.#settings);
    yield right({ ...record, ...(override && { override }), marks: [edgeMark(key, memory)] });
  }

  #isDrawnAlike({ removal }: EdgeMemory): boolean {
    const { pipeline, hadPipeline } = this.#settings;
    if (removal === undefined) return true;
    return removal.pipeline?.fqn === pipeline?.fqn && (pipeline === undefined || hadPipeline);
  }

  #isOfThisRun(memory: EdgeMemory): boolean {
    return memory.fingerprint === this.#settings.fingerprint;
  }

  #isFresh(memory: EdgeMemory): boolean {
    return this.#settings.nowMs - memory.at < maxAgeMs;
  }
}

function recordOf({ from, columns }: GraphEdge, { to, sql }: EdgesInto, { pipeline }: EdgeSettings): LineageRecord {
  return {
    kind: "lineage",
    from,
    to,
    source: "DbtLineage",
    ...(pipeline && { pipeline }),
    ...(columns.length > 0 && { columnsLineage: [...columns] }),
    ...(sql !== undefined && { sqlQuery: sql }),
  };
}

function isOther(before: EdgeMemory, now: EdgeMemory): boolean {
  return before.columns !== now.columns || before.removal?.pipeline?.fqn !== now.removal?.pipeline?.fqn;
}
