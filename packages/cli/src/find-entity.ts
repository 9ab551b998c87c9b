import type { Catalog, CatalogEntity } from "@omd/core";
import type { EntityType } from "@omd/schema";
import { entityTypeNames } from "./entity-type-flag.ts";
import { fqnArgument } from "./fqn-argument.ts";
import { usageError } from "./usage-error.ts";

export interface FoundEntity {
  readonly type: EntityType;
  readonly entity: CatalogEntity;
}

/**
 * The entity of that name, deleted ones too. Throws a usage error when there is none, or several of different types and no type was said.
 * `asof`: the time (epoch ms) that the catalog is looked at.
 */
export async function findEntity(
  catalog: Pick<Catalog, "get">,
  text: string,
  type?: EntityType,
  asof?: number,
): Promise<FoundEntity> {
  const fqn = await fqnArgument("FQN", text);
  const found: FoundEntity[] = [];
  for (const candidate of type === undefined ? entityTypeNames : [type]) {
    const entity = await catalog.get(candidate, fqn, { fields: ["*"], include: "all" });
    if (entity) found.push({ type: candidate, entity });
  }
  const [first] = found;
  if (!first && asof !== undefined)
    throw usageError(
      `the catalog had no ${type ?? "entity"} named ${fqn} at ${new Date(asof).toISOString()}\n  omd catalog get without --asof shows whether there is one now.`,
    );
  if (!first)
    throw usageError(
      `the catalog has no ${type ?? "entity"} named ${fqn}\n  omd catalog search finds names by a part of them.`,
    );
  if (found.length > 1)
    throw usageError(
      `${fqn} is the name of ${found.map((item) => `a ${item.type}`).join(" and of ")}: say which with --type`,
    );
  return first;
}
