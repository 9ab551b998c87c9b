import type { FQN } from "@omd/schema";
import type { Relation } from "../project/view.ts";

type Claim = Pick<Relation, "uniqueId" | "resourceType">;

/** Which tables are called letter by letter as a relation of this run: another whose name differs in case only is another table. */
export class ExactNames {
  readonly #claims = new Map<FQN, Claim[]>();
  readonly #maker: (fqn: FQN) => string | undefined;

  /** `maker` tells the unique id of the relation that an earlier run made a table for. */
  constructor(maker: (fqn: FQN) => string | undefined) {
    this.#maker = maker;
  }

  claim(fqn: FQN, { uniqueId, resourceType }: Claim): void {
    const claims = this.#claims.get(fqn);
    if (claims === undefined) this.#claims.set(fqn, [{ uniqueId, resourceType }]);
    else if (!claims.some((one) => one.uniqueId === uniqueId)) claims.push({ uniqueId, resourceType });
  }

  /** Whether a relation that differs from the table's name in case must leave it to another. In a database that knows no case a source and the model that makes it are one table. */
  isOthers(fqn: FQN, relation: Claim, isCaseless: boolean): boolean {
    const made = this.#maker(fqn);
    const claims = [...(this.#claims.get(fqn) ?? []), ...(made === undefined ? [] : [claimOf(made)])];
    if (claims.some(({ uniqueId }) => uniqueId === relation.uniqueId)) return false;
    return claims.some((other) => !isCaseless || isSource(other) === isSource(relation));
  }
}

function claimOf(uniqueId: string): Claim {
  return { uniqueId, resourceType: uniqueId.slice(0, uniqueId.indexOf(".")) };
}

function isSource({ resourceType }: Claim): boolean {
  return resourceType === "source";
}
