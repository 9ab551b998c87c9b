import { entityTypes, parseFqn, type EntityKey, type EntityType } from "@omd/schema";

/** What a custom property refers to, as a source says it: the entity's type and FQN, without the id that only the catalog knows. */
export interface AskedReference {
  readonly type: string;
  readonly fqn: string;
  /** Absent where no entity can be called so. */
  readonly key: EntityKey | undefined;
}

/** The references in a value `{type, fqn}` or a list of them; empty for every other value. */
export function askedReferences(value: unknown): AskedReference[] {
  const asked = [value].flat().map(askedReference);
  return asked.every((one) => one !== undefined) ? asked : [];
}

function askedReference(value: unknown): AskedReference | undefined {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) return undefined;
  const { type, fqn } = value as Readonly<Record<string, unknown>>;
  return typeof type === "string" && typeof fqn === "string" ? { type, fqn, key: keyOf(type, fqn) } : undefined;
}

function keyOf(type: string, fqn: string): EntityKey | undefined {
  if (!Object.hasOwn(entityTypes, type)) return undefined;
  try {
    return { entityType: type as EntityType, fqn: parseFqn(fqn) };
  } catch {
    return undefined;
  }
}

/** Ids of a stored reference or list of them, in order. */
export function referredIds(value: unknown): string[] {
  return [value].flat().flatMap((one) => {
    const { id, type } = Object(one) as Readonly<Record<string, unknown>>;
    return typeof id === "string" && typeof type === "string" ? [id] : [];
  });
}
