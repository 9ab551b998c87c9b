import type { CuratedField, EntitySet, SaidSet } from "./records/entity-update.ts";
import { fqnOf } from "./fqn.ts";
import type { JsonPatchOperation } from "./json-patch.ts";
import { isEmpty, isJson, planMembers, plain, pointer, put, type Json, type Place } from "./patch-members.ts";
import type { PatchRule } from "./patch-rules.ts";
import type { EntityReference, TagLabel } from "./references.ts";
import { stillSaid, stillSaidAt } from "./said-set.ts";

/** An update whose names were looked up. */
export interface ResolvedSet extends Omit<EntitySet, "domains" | "glossaryTerms"> {
  domains?: EntityReference[] | undefined;
}

export interface UpdatePlan {
  readonly operations: JsonPatchOperation[];
  /** Columns that the update names and the table has not. */
  readonly unknownColumns: readonly string[];
}

type MayReplace = (field: CuratedField) => boolean;

const description: PatchRule = { rule: "curate", same: "exact" };
const rules: Readonly<Record<Exclude<CuratedField, "tier"> | "tags", PatchRule>> = {
  description,
  tags: { rule: "tags" },
  owners: { rule: "owners" },
  domains: { rule: "owners" },
  extension: { rule: "extension" },
};

/**
 * The JSON Patch (RFC 6902) that brings an update into a stored entity; empty when there is nothing to do. Source of the rules: om-api §8.
 * What the catalog still has of `said`, the words of earlier runs, may be replaced and taken away.
 */
export function planUpdate(
  stored: Readonly<Json>,
  set: ResolvedSet,
  mayReplace: MayReplace,
  said: readonly SaidSet[] = [],
): UpdatePlan {
  const wanted = plain({ ...set });
  const field = (name: "description" | "owners" | "domains"): JsonPatchOperation[] => {
    const overrideMetadata = mayReplace(name) || stillSaid(name, stored[name], said);
    return planMembers(
      { [name]: rules[name] },
      { path: "", stored, wanted: { [name]: wanted[name] }, options: { overrideMetadata } },
    );
  };
  const columns = planColumns(stored["columns"], set, mayReplace, said);
  const operations = [
    ...field("description"),
    ...planTags(stored, set, mayReplace, said),
    ...field("owners"),
    ...field("domains"),
    ...planExtension(stored["extension"], wanted["extension"], mayReplace, said),
    ...planLifeCycle(stored["lifeCycle"], wanted["lifeCycle"]),
    ...columns.operations,
  ];
  return { operations, unknownColumns: columns.unknownColumns };
}

/** The label of a tier. */
function tierLabel(tagFQN: string): TagLabel {
  return { tagFQN, source: "Classification", labelType: "Automated", state: "Confirmed" };
}

/** Changes in their place come before what is removed, that from the end, and this before what is added. */
function planTags(
  stored: Readonly<Json>,
  set: ResolvedSet,
  mayReplace: MayReplace,
  said: readonly SaidSet[],
): JsonPatchOperation[] {
  const tier = planTier(stored, set.tier, mayReplace, said);
  const gone = new Set(said.flatMap((one) => [...(one.tags ?? []), ...(one.tier === undefined ? [] : [one.tier])]));
  const kept = [...(set.tags ?? []), ...(set.tier === undefined ? [] : [tierLabel(set.tier)])];
  // The label that a new tier took the place of is there no more.
  for (const replaced of tier.replaced) gone.delete(replaced);
  const added = plain({ tags: [...(set.tags ?? []), ...tier.added] });
  return [
    ...tier.operations,
    ...planGoneTags("", stored, gone, kept),
    ...planMembers({ tags: rules.tags }, { path: "", stored, wanted: added, options: { overrideMetadata: false } }),
  ];
}

/** Labels that a source set and no longer says; those that a person set by hand stay. */
function planGoneTags(
  path: string,
  stored: Readonly<Json>,
  gone: ReadonlySet<string>,
  kept: readonly TagLabel[],
): JsonPatchOperation[] {
  if (gone.size === 0 || !Array.isArray(stored["tags"])) return [];
  const wanted = new Set(kept.map(({ tagFQN }) => tagFQN));
  const operations: JsonPatchOperation[] = [];
  (stored["tags"] as unknown[]).forEach((label, at) => {
    if (!isJson(label) || label["labelType"] !== "Automated") return;
    const fqn = String(label["tagFQN"]);
    if (gone.has(fqn) && !wanted.has(fqn)) operations.unshift({ op: "remove", path: `${path}/tags/${at}` });
  });
  return operations;
}

interface TierPlan {
  readonly operations: JsonPatchOperation[];
  readonly added: TagLabel[];
  /** FQNs that are no longer there. */
  readonly replaced: readonly string[];
}

/** A tier is added when there is none, and takes the place of another one when it may. */
function planTier(
  stored: Readonly<Json>,
  tier: string | undefined,
  mayReplace: MayReplace,
  said: readonly SaidSet[],
): TierPlan {
  const none: TierPlan = { operations: [], added: [], replaced: [] };
  if (tier === undefined) return none;
  const tags = Array.isArray(stored["tags"]) ? (stored["tags"] as unknown[]) : [];
  const at = tags.findIndex((tag) => isJson(tag) && String(tag["tagFQN"]).startsWith("Tier."));
  const label = tierLabel(tier);
  if (at < 0) return { ...none, added: [label] };
  const known = tags[at];
  const fqn = isJson(known) ? String(known["tagFQN"]) : "";
  if (fqn === tier || !(mayReplace("tier") || said.some((one) => one.tier === fqn))) return none;
  return { ...none, operations: [{ op: "replace", path: `/tags/${at}`, value: label }], replaced: [fqn] };
}

/** Key by key: what people wrote stays. */
function planExtension(
  stored: unknown,
  wanted: unknown,
  mayReplace: MayReplace,
  said: readonly SaidSet[],
): JsonPatchOperation[] {
  const values = isJson(wanted) ? wanted : {};
  const plan = (extension: Json, overrideMetadata: boolean): JsonPatchOperation[] =>
    planMembers(
      { extension: rules.extension },
      { path: "", stored: { extension: stored }, wanted: { extension }, options: { overrideMetadata } },
    );
  if (!isJson(stored)) return plan(values, false);
  const changed = Object.entries(values).flatMap(([name, value]) =>
    plan({ [name]: value }, mayReplace("extension") || stillSaidAt("extension", name, stored[name], said)),
  );
  const gone = Object.keys(stored).filter(
    (name) => isEmpty(values[name]) && stillSaidAt("extension", name, stored[name], said),
  );
  return [...changed, ...gone.map((name): JsonPatchOperation => ({ op: "remove", path: pointer("/extension", name) }))];
}

/** Facts of machines: the later one holds. */
function planLifeCycle(before: unknown, wanted: unknown): JsonPatchOperation[] {
  if (!isJson(wanted)) return [];
  const known = isJson(before) ? before : {};
  const later = Object.entries(wanted).filter(([step, value]) => timeOf(value) > timeOf(known[step]));
  if (later.length === 0) return [];
  if (!isJson(before)) return [{ op: "add", path: "/lifeCycle", value: Object.fromEntries(later) }];
  return later.map(([step, value]) => put(pointer("/lifeCycle", step), known[step], value));
}

/** Epoch ms; 0 for nothing. */
function timeOf(step: unknown): number {
  return isJson(step) && typeof step["timestamp"] === "number" ? step["timestamp"] : 0;
}

function planColumns(stored: unknown, set: ResolvedSet, mayReplace: MayReplace, said: readonly SaidSet[]): UpdatePlan {
  const places = columnPlaces(stored);
  const operations: JsonPatchOperation[] = [];
  const unknown = new Set<string>();
  const placeOf = (name: string): ColumnPlace | undefined =>
    places.exact.get(name) ?? places.caseless.get(name.toLowerCase());
  const plan = (name: string, rule: Record<string, PatchRule>, wanted: Json, overrideMetadata: boolean): void => {
    const place = placeOf(name);
    if (place) operations.push(...planMembers(rule, { ...place, wanted, options: { overrideMetadata } }));
    else unknown.add(name);
  };
  for (const [name, text] of Object.entries(set.columnDescriptions ?? {})) {
    const isOurs = stillSaidAt("columnDescriptions", name, placeOf(name)?.stored["description"], said);
    plan(name, { description }, { description: text }, mayReplace("description") || isOurs);
  }
  for (const name of new Set(said.flatMap(({ columnTags }) => Object.keys(columnTags ?? {})))) {
    const place = placeOf(name);
    const gone = new Set(said.flatMap(({ columnTags }) => columnTags?.[name] ?? []));
    if (place) operations.push(...planGoneTags(place.path, place.stored, gone, set.columnTags?.[name] ?? []));
  }
  for (const [name, tags] of Object.entries(set.columnTags ?? {}))
    plan(name, { tags: rules.tags }, plain({ tags }), false);
  return { operations, unknownColumns: [...unknown] };
}

type ColumnPlace = Pick<Place, "path" | "stored">;

/** Where each column stands, nested ones too; of two names that differ in case only the first is meant when neither is exact. */
function columnPlaces(stored: unknown): { exact: Map<string, ColumnPlace>; caseless: Map<string, ColumnPlace> } {
  const found = { exact: new Map<string, ColumnPlace>(), caseless: new Map<string, ColumnPlace>() };
  const walk = (columns: unknown, path: string, above: readonly string[]): void => {
    if (!Array.isArray(columns)) return;
    columns.forEach((column: unknown, at) => {
      if (!isJson(column) || typeof column["name"] !== "string") return;
      const names = [...above, column["name"]];
      const name = fqnOf(...names);
      const place = { path: `${path}/${at}`, stored: column };
      if (!found.exact.has(name)) found.exact.set(name, place);
      if (!found.caseless.has(name.toLowerCase())) found.caseless.set(name.toLowerCase(), place);
      walk(column["children"], `${place.path}/children`, names);
    });
  };
  walk(stored, "/columns", []);
  return found;
}
