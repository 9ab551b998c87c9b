import {
  entityTypeInfo,
  filterMatcher,
  parentFqn,
  parseFqn,
  requestFqn,
  rootFqn,
  splitFqn,
  unquoteName,
  type CreateRequest,
  type EntityKey,
  type EntityRecord,
  type EntityType,
  type FQN,
} from "@omd/schema";

export interface NameSelection {
  readonly on: "name" | "fqn";
  readonly includes?: readonly string[] | undefined;
  readonly excludes?: readonly string[] | undefined;
}

/** Whether an entity's name or FQN passes the patterns. Throws InvalidPatternError. */
export function entitySelector({ on, includes, excludes }: NameSelection): (key: EntityKey) => boolean {
  const passes = filterMatcher(includes || excludes ? { includes, excludes } : undefined);
  return ({ fqn }) => passes(on === "fqn" ? fqn : unquoteName(splitFqn(fqn).at(-1) ?? ""));
}

/** Type and FQN of the entity that a record makes. Throws InvalidNameError. */
export function keyOf(record: EntityRecord): EntityKey {
  const { entityType, request } = record;
  return { entityType, fqn: requestFqn(entityType, request as CreateRequest<typeof entityType>) };
}

/** The entity and all it lies in, up to its service. */
export function lineOf(key: EntityKey): readonly EntityKey[] {
  const line: EntityKey[] = [];
  for (let at: EntityKey | undefined = { ...key, fqn: parseFqn(key.fqn) }; at; at = parentOf(at)) line.push(at);
  return line;
}

function parentOf({ entityType, fqn }: EntityKey): EntityKey | undefined {
  const parent = parentFqn(fqn);
  const { parent: { type } = {}, nests } = entityTypeInfo(entityType);
  if (parent === undefined || type === undefined) return undefined;
  // Between a service and its data models stands a part that is no entity.
  if (entityType === "dashboardDataModel") return { entityType: "dashboardService", fqn: rootFqn(fqn) };
  // Containers, directories, tags and the like lie in one of their kind, except the outermost.
  const nested = nests !== undefined && splitFqn(parent).length > 1;
  return { entityType: (nested ? nests.type : type) as EntityType, fqn: parent };
}

/** The table that a test case is about, itself or one of its columns: service, database, schema, table. */
export function testedTable(testCase: FQN): EntityKey {
  return { entityType: "table", fqn: splitFqn(testCase).slice(0, 4).join(".") as FQN };
}
