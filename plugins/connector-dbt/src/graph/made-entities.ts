import type { SourceContext } from "@omd/core";
import { parseFqn, type FQN, type Mark } from "@omd/schema";

const prefix = "graph/made/";
const madeTypes = ["pipeline", "dashboard", "mlmodel", "apiEndpoint", "metric"] as const;
export type MadeType = (typeof madeTypes)[number];

/** The entities that this source makes beside tables. Those that an earlier run made, and that are gone from dbt, are marked deleted. */
export class MadeEntities {
  readonly #context: Pick<SourceContext, "marks" | "ledger" | "service">;
  readonly #seen = new Set<string>();

  constructor(context: Pick<SourceContext, "marks" | "ledger" | "service">) {
    this.#context = context;
  }

  /** The project has what would be this entity, whether or not it is written. */
  saw(type: MadeType, fqn: FQN): void {
    this.#seen.add(keyOf(type, fqn));
  }

  /** To be stored with the record that makes the entity. */
  mark(type: MadeType, fqn: FQN, project: string): Mark {
    this.saw(type, fqn);
    return { key: keyOf(type, fqn), value: project };
  }

  /** Opens a scope for each type of which something is gone from these projects. To be called when all of them were read whole. */
  retire(projects: ReadonlySet<string>): void {
    const { marks, ledger, service } = this.#context;
    for (const type of madeTypes) {
      const start = `${prefix}${type}/`;
      const fqns = function* (): Generator<FQN> {
        for (const { key, value } of marks.withPrefix(start))
          if (projects.has(value)) yield parseFqn(key.slice(start.length));
      };
      const seen = [...this.#seen].filter((key) => key.startsWith(start));
      if ([...fqns()].every((fqn) => this.#seen.has(keyOf(type, fqn)))) continue;
      const retired = (fqn: FQN): void => marks.forget(keyOf(type, fqn));
      const deletes = { entityType: type, below: service, owned: { fqns, retired } };
      const scope = ledger.open(`dbt/made/${type}s`, { deletes });
      for (const key of seen) scope.saw(parseFqn(key.slice(start.length)));
      scope.complete();
    }
  }
}

function keyOf(type: MadeType, fqn: FQN): string {
  return `${prefix}${type}/${fqn}`;
}
