import type { TableName } from "@omd/lineage";
import type { ProjectView, Relation } from "../project/view.ts";

const partsOfName = 3;

/** Finds the relation that a name in SQL means: `database.schema.table` or less of it, in any case. */
export class TableNames {
  readonly #view: ProjectView;
  readonly #byTable = new Map<string, string[]>();

  constructor(view: ProjectView) {
    this.#view = view;
    for (const relation of view.relations.values()) {
      if (relation.isEphemeral) continue;
      const key = relation.identifier.toLowerCase();
      const known = this.#byTable.get(key);
      if (known === undefined) this.#byTable.set(key, [relation.uniqueId]);
      else known.push(relation.uniqueId);
    }
  }

  /**
   * Parts that the name lacks are those of `near`, the relation that the SQL is of. A seed and a source may be one table: `preferred` says
   * which of them is meant. Undefined for a name that no relation has, and for one that several tables have.
   */
  find(name: TableName, near: Relation, preferred: ReadonlySet<string>): string | undefined {
    const parts = name.slice(-partsOfName);
    const table = parts.at(-1);
    if (table === undefined) return undefined;
    const schema = parts.at(-2) ?? near.schema;
    const database = parts.at(-partsOfName) ?? near.database;
    const found = (this.#byTable.get(table.toLowerCase()) ?? []).filter((id) => {
      const relation = this.#view.relations.get(id);
      return relation !== undefined && agree(relation.schema, schema) && agree(relation.database, database);
    });
    const exact = found.filter((id) => this.#view.relations.get(id)?.identifier === table);
    const meant = exact.length > 0 ? exact : found;
    return meant.find((id) => preferred.has(id)) ?? this.#only(meant);
  }

  #only(ids: readonly string[]): string | undefined {
    const tables = new Set(ids.map((id) => this.#view.table(id)?.fqn ?? ""));
    return tables.size === 1 ? ids[0] : undefined;
  }
}

/** A relation that has no database, as on Spark or MySQL, is not told apart by it. */
function agree(known: string | undefined, asked: string | undefined): boolean {
  return known === undefined || asked === undefined || known.toLowerCase() === asked.toLowerCase();
}
