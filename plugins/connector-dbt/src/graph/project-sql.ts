import type { SqlLineage, SqlLineageAnswer, TableName } from "@omd/lineage";
import type { ProjectView, Relation } from "../project/view.ts";
import { ownColumns } from "./column-names.ts";
import { TableNames } from "./table-names.ts";

/** Relations whose SQL is read ahead of the one that is being written, so that the parser's thread has work while others write. */
export const readAhead = 5_000;
/** Characters of SQL that may wait for their turn. */
export const readAheadChars = 10_000_000;

/** Finds the relation that a name means, by unique id. */
export type FindRelation = (table: TableName) => string | undefined;

/**
 * What the parser says of a project's SQL. Where it is sure to be asked, it is asked while the tables are still being written: hardly any query needs their
 * columns, and the parser's thread would have nothing to do until then. Those that do are read once all tables are known.
 */
export class ProjectSql {
  readonly #view: ProjectView;
  readonly #lineage: SqlLineage;
  readonly #names: TableNames;
  readonly #isSure: boolean;
  readonly #foreseen = new Map<string, { readonly sql: string; readonly answer: Promise<SqlLineageAnswer> }>();
  readonly #tables = Promise.withResolvers<undefined>();
  #chars = 0;

  constructor(view: ProjectView, lineage: SqlLineage, isSure: boolean) {
    this.#view = view;
    this.#lineage = lineage;
    this.#names = new TableNames(view);
    this.#isSure = isSure;
  }

  /** Told of each relation that has compiled SQL before the tables are known; what is more than may wait is read in its turn. */
  foresee(relation: Relation, sql: string): void {
    const isFull = this.#foreseen.size >= readAhead || this.#chars >= readAheadChars;
    if (!this.#isSure || isFull || sql.trim() === "") return;
    this.#chars += sql.length;
    this.#foreseen.set(relation.uniqueId, { sql, answer: this.#ask(relation, sql) });
  }

  /** All tables of the project are known, with their columns. */
  tablesKnown(): void {
    this.#tables.resolve(undefined);
  }

  /** SQL that was foreseen and not yet answered. */
  textOf(uniqueId: string): string | undefined {
    return this.#foreseen.get(uniqueId)?.sql;
  }

  /** Never rejects. */
  answer(relation: Relation, sql: string): Promise<SqlLineageAnswer> {
    const foreseen = this.#foreseen.get(relation.uniqueId);
    this.#foreseen.delete(relation.uniqueId);
    return foreseen?.answer ?? this.#ask(relation, sql);
  }

  /** What names mean in the SQL of a relation. */
  finder(relation: Relation): FindRelation {
    const preferred = new Set(this.#view.upstreamTables(relation.uniqueId));
    return (table) => this.#names.find(table, relation, preferred);
  }

  #ask(relation: Relation, sql: string): Promise<SqlLineageAnswer> {
    const { database, schema } = relation;
    return this.#lineage.lineageOf({
      sql,
      dialect: this.#view.metadata.adapterType ?? "",
      defaults: { database, schema },
      schema: async (table) => {
        await this.#tables.promise;
        const id = this.finder(relation)(table);
        return id === undefined ? undefined : ownColumns(this.#view, id);
      },
    });
  }
}
