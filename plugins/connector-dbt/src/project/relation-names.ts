import { isRaw } from "../artifacts/fields.ts";
import { levelName } from "../artifacts/level-name.ts";
import { relationParts } from "../tables/constraints.ts";
import type { Relation } from "./view.ts";

/** Finds a project's relations by the name of their table, whatever its case. */
export class RelationNames {
  readonly #byName = new Map<string, Relation[]>();

  constructor(relations: Iterable<Relation>) {
    for (const relation of relations) {
      const name = relation.identifier.toLowerCase();
      const known = this.#byName.get(name);
      if (known === undefined) this.#byName.set(name, [relation]);
      else known.push(relation);
    }
  }

  /** Unique id of the relation that a `node_relation` (alias, schema_name, database) stands for. */
  ofNode(relation: unknown): string | undefined {
    if (!isRaw(relation)) return undefined;
    const { alias, schema_name: schema, database } = relation;
    return typeof alias === "string" ? this.#find([database, schema].map(level), alias) : undefined;
  }

  /** Unique id of the relation of a name as an adapter writes it: `"db"."schema"."table"`. */
  ofName(name: unknown): string | undefined {
    if (typeof name !== "string") return undefined;
    const parts = relationParts(name).map((part) => part.name);
    const identifier = parts.pop();
    return identifier === undefined ? undefined : this.#find(parts, identifier);
  }

  /** Levels that either side does not tell fit any. A model is meant before a source of the same table. */
  #find(levels: readonly (string | undefined)[], identifier: string): string | undefined {
    const fitting = (this.#byName.get(identifier.toLowerCase()) ?? []).filter(({ database, schema }) => {
      const own = [database, schema].slice(2 - Math.min(levels.length, 2));
      return own.every((one, at) => {
        const wanted = levels.slice(-2)[at];
        return one === undefined || wanted === undefined || one.toLowerCase() === wanted.toLowerCase();
      });
    });
    return (fitting.find(({ resourceType }) => resourceType !== "source") ?? fitting[0])?.uniqueId;
  }
}

function level(value: unknown): string | undefined {
  return typeof value === "string" ? levelName(value) : undefined;
}
