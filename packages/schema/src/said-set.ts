import { md5 } from "./entity-types.ts";
import { isEmpty, isJson, objects } from "./patch-members.ts";
import type { CuratedField, EntitySet, SaidSet } from "./records/entity-update.ts";

/** What is remembered of an update. */
export function saidOf(set: EntitySet): SaidSet {
  const { description, columnDescriptions, owners, domains, tier, extension, tags, glossaryTerms, columnTags } = set;
  const labels = [...(tags ?? []).map(({ tagFQN }) => tagFQN), ...(glossaryTerms ?? [])];
  const said: SaidSet = {
    description: isEmpty(description) ? undefined : hashOf(description),
    columnDescriptions: mapped(columnDescriptions, hashOf),
    owners: isEmpty(owners) ? undefined : hashOfNames((owners ?? []).map(({ id }) => id)),
    domains: isEmpty(domains) ? undefined : hashOfNames(domains ?? []),
    tier,
    extension: mapped(extension, hashOf),
    tags: labels.toSorted(),
    columnTags: mapped(columnTags, (some) => some.map(({ tagFQN }) => tagFQN).toSorted()),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => !isEmpty(value)));
}

/** Whether the catalog still has, in a field of an entity, what one of `said` says. */
export function stillSaid(
  field: Exclude<CuratedField, "extension" | "tier">,
  stored: unknown,
  said: readonly SaidSet[],
): boolean {
  const now = field === "description" ? textHash(stored) : referencesHash(field, stored);
  return now !== undefined && said.some((one) => one[field] === now);
}

/** Likewise for one member: a custom property, the description of a column. */
export function stillSaidAt(
  field: "extension" | "columnDescriptions",
  member: string,
  stored: unknown,
  said: readonly SaidSet[],
): boolean {
  if (isEmpty(stored)) return false;
  const now = new Set([hashOf(stored), hashOf(asSaid(stored))]);
  return said.some((one) => now.has(one[field]?.[member] ?? ""));
}

/** A reference is said by type and FQN and stored with its id. */
function asSaid(stored: unknown): unknown {
  if (Array.isArray(stored)) return stored.map(asSaid);
  if (!isJson(stored) || typeof stored["id"] !== "string" || stored["fullyQualifiedName"] === undefined) return stored;
  return { type: stored["type"], fqn: stored["fullyQualifiedName"] };
}

function textHash(stored: unknown): string | undefined {
  return isEmpty(stored) ? undefined : hashOf(stored);
}

function referencesHash(field: "owners" | "domains", stored: unknown): string | undefined {
  // What is inherited was never said here.
  const own = objects(stored).filter((reference) => reference["inherited"] !== true);
  const names = own.map((one) => String(field === "owners" ? one["id"] : (one["fullyQualifiedName"] ?? one["name"])));
  return names.length === 0 ? undefined : hashOfNames(names);
}

function hashOfNames(names: readonly string[]): string {
  return hashOf(names.toSorted());
}

/** Distinct enough for two states of one field. */
function hashOf(value: unknown): string {
  return md5(JSON.stringify(sorted(value))).slice(0, 12);
}

/** A server may give the members of a value in another order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

function mapped<T, R>(record: Readonly<Record<string, T>> | undefined, make: (value: T) => R): Record<string, R> {
  return Object.fromEntries(
    Object.entries(record ?? {})
      .filter(([, value]) => !isEmpty(value))
      .map(([key, value]) => [key, make(value)]),
  );
}
