import type { Either, SourceContext } from "@omd/core";
import type { ColumnLineage, EntityKey, FQN, MetadataRecord } from "@omd/schema";
import type { MatchedTable, ProjectView, Relation } from "../project/view.ts";
import { hashOf, type EdgeMemory } from "./edge-memory.ts";
import { guarded } from "./guarded.ts";
import type { Problems } from "./problems.ts";
import type { EdgesInto, GraphEdge, ProjectEdges } from "./project-edges.ts";
import { readAhead, readAheadChars, type ProjectSql } from "./project-sql.ts";
import { readSql } from "./sql-columns.ts";

const noSql = "no column lineage without compiled SQL, as dbt compile, run and build leave it";

export interface LineageParts {
  readonly context: Pick<SourceContext, "signal">;
  readonly view: ProjectView;
  readonly edges: ProjectEdges;
  readonly sql: ProjectSql;
  readonly problems: Problems;
}

/** The edges into one relation, or that it has just those which follow from what is known. */
type Derived =
  | { readonly kind: "settled"; readonly id: string; readonly basis: string; readonly known: Known }
  | { readonly kind: "read" | "unread"; readonly into: EdgesInto; readonly known: Known };

interface Deriving {
  readonly id: string;
  /** Characters of its SQL. */
  readonly size: number;
  readonly derived: Promise<Derived>;
}

interface Code {
  readonly sql: string | undefined;
  readonly isPython: boolean;
}

type Known = ReadonlyMap<string, EdgeMemory>;

/** Lineage between the tables of a project, by what dbt says and by what the compiled SQL says. */
export class TableLineage {
  readonly #parts: LineageParts;
  readonly #relations: Iterator<Relation>;
  readonly #pending: Deriving[] = [];
  #chars = 0;

  constructor(parts: LineageParts) {
    this.#parts = parts;
    this.#relations = parts.view.relations.values();
  }

  /** Starts to read SQL, as far ahead as is allowed. */
  begin(): void {
    while (this.#pending.length < readAhead && this.#chars < readAheadChars) {
      const { done, value: relation } = this.#relations.next();
      if (done === true) return;
      const table = this.#parts.view.table(relation.uniqueId);
      if (table === undefined || relation.resourceType === "source" || relation.resourceType === "seed") continue;
      const code = codeOf(this.#parts, relation.uniqueId);
      const derived = this.#derive(relation, table, code);
      // Awaited in its turn; until then its error is nobody's.
      derived.catch(() => undefined);
      const size = code.sql?.length ?? 0;
      this.#chars += size;
      this.#pending.push({ id: relation.uniqueId, size, derived });
    }
  }

  async *records(): AsyncGenerator<Either<MetadataRecord>> {
    const { edges, context } = this.#parts;
    async function* one(deriving: Promise<Derived>): AsyncGenerator<Either<MetadataRecord>> {
      const derived = await deriving;
      if (derived.kind === "settled") edges.settle(derived.id, derived.known, derived.basis);
      else if (derived.kind === "read") yield* edges.send(derived.into, derived.known);
      else yield* edges.sendUnread(derived.into, derived.known);
    }
    for (;;) {
      this.begin();
      const next = this.#pending.shift();
      if (next === undefined) return;
      this.#chars -= next.size;
      yield* guarded(context, next.id, () => one(next.derived));
    }
  }

  async #derive(relation: Relation, table: MatchedTable, { sql, isPython }: Code): Promise<Derived> {
    const { view, edges, problems, sql: project } = this.#parts;
    const { uniqueId: id } = relation;
    const known = edges.known(id);
    const upstream = view.upstreamTables(id);
    const to: EntityKey = { entityType: "table", fqn: table.fqn };
    if (sql === undefined) {
      const isKnown = [...known.values()].some((memory) => memory.hasSql);
      if (!isKnown && !isPython && upstream.length > 0) problems.add(noSql, relation.name);
      const into = { id, to, edges: this.#edges(id, upstream, new Map()), basis: "", sql, failure: undefined };
      return { kind: "unread", into, known };
    }
    const before = [...known.values()].flatMap(({ via }) => (via === "" ? [] : [via]));
    const basis = this.#basis(sql, id, [...upstream, ...before]);
    if (edges.isSettled(known, basis) && !this.#isNew(id, [...upstream, ...before])) {
      const failure = [...known.values()].find((memory) => memory.failure !== undefined)?.failure;
      if (failure !== undefined) problems.add(failure, relation.name);
      return { kind: "settled", id, basis, known };
    }
    const { inputs, failure } = await readSql(relation, sql, { view, project });
    if (failure !== undefined) problems.add(failureText(failure.reason), relation.name);
    const named = [...known.values()].flatMap(({ isNamed, via }) => (isNamed ? [via] : []));
    // SQL that was not read at all does not say that it names a table no more.
    const read = failure && inputs.size === 0 ? new Map(named.map((via) => [via, []])) : inputs;
    const drawn = this.#edges(id, upstream, read);
    // A thread that died may do better the next time, and its columns are not known to be gone.
    const isPassing = failure?.reason === "worker-ended";
    const into: EdgesInto = {
      id,
      to,
      edges: drawn,
      basis: isPassing ? "" : this.#basis(sql, id, [...upstream, ...drawn.map(({ via }) => via)]),
      sql,
      failure: failure && failureText(failure.reason),
      keepsColumns: isPassing,
    };
    // Still named, and only not to be seen in the catalog.
    for (const [key, { isNamed, via }] of known)
      if (isNamed && read.has(via) && view.table(via) === undefined) edges.standing.add(key);
    return { kind: "read", into, known };
  }

  /** One edge for each table, whatever the number of relations that are this table; none from a table to itself. */
  #edges(id: string, upstream: readonly string[], inputs: ReadonlyMap<string, readonly ColumnLineage[]>): GraphEdge[] {
    const { view } = this.#parts;
    const byTable = new Map<FQN, { via: string; columns: ColumnLineage[]; isNamed: boolean }>();
    const own = view.table(id)?.fqn;
    for (const via of new Set([...upstream, ...inputs.keys()])) {
      const table = view.table(via);
      if (table === undefined || table.fqn === own) continue;
      const columns = inputs.get(via) ?? [];
      const known = byTable.get(table.fqn);
      if (known === undefined) byTable.set(table.fqn, { via, columns: [...columns], isNamed: !upstream.includes(via) });
      else known.columns.push(...columns);
    }
    return [...byTable].map(([fqn, edge]) => ({ from: { entityType: "table", fqn }, ...edge }));
  }

  /** All that the edges follow from, beside the run's fingerprint. */
  #basis(sql: string, id: string, inputs: readonly string[]): string {
    const { view } = this.#parts;
    const tables = [id, ...inputs].flatMap((one) => view.table(one) ?? []);
    const columns = new Map(tables.map((table) => [table.fqn, table.columns]));
    const sorted = [...columns].toSorted(([one], [two]) => (one < two ? -1 : 1));
    return hashOf([view.metadata.adapterType, sql, id, sorted]);
  }

  #isNew(id: string, inputs: readonly string[]): boolean {
    return [id, ...inputs].some((one) => this.#parts.view.table(one)?.isCreated === true);
  }
}

/** Compiled SQL of a relation: of the manifest, else of its newest run. Python has none. */
function codeOf({ view, sql: project }: LineageParts, id: string): Code {
  const foreseen = project.textOf(id);
  if (foreseen !== undefined) return { sql: foreseen, isPython: false };
  const node = view.load("node", id);
  if (node?.language === "python") return { sql: undefined, isPython: true };
  const sql = node?.compiledCode ?? view.results.get(id)?.result.compiledCode;
  return { sql: sql === undefined || sql.trim() === "" ? undefined : sql, isPython: false };
}

function failureText(reason: string): string {
  return `column lineage is missing or not whole, the SQL was not understood (${reason})`;
}
