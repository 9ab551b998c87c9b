import type { CuratedField, EntitySet } from "./records/entity-update.ts";
import { fqnOf } from "./fqn.ts";
import type { JsonPatchOperation } from "./json-patch.ts";
import { isJson, objects, planMembers, plain, pointer, put, type Json, type Place } from "./patch-members.ts";
import type { PatchRule } from "./patch-rules.ts";
import type { EntityReference, TagLabel } from "./references.ts";

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
const rules: Readonly<Record<CuratedField | "tags", PatchRule>> = {
  description,
  tags: { rule: "tags" },
  tier: { rule: "tags" },
  owners: { rule: "owners" },
  domains: { rule: "owners" },
  extension: { rule: "extension" },
};

/** The JSON Patch (RFC 6902) that brings an update into a stored entity; empty when there is nothing to do. Source of the rules: om-api §8. */
export function planUpdate(stored: Readonly<Json>, set: ResolvedSet, mayReplace: MayReplace): UpdatePlan {
  const wanted = plain({ ...set });
  const field = (name: CuratedField | "tags", value: unknown): JsonPatchOperation[] =>
    planMembers(
      { [name]: rules[name] },
      {
        path: "",
        stored,
        wanted: { [name]: value },
        options: { overrideMetadata: name !== "tags" && mayReplace(name) },
      },
    );
  const tier = planTier(stored, set.tier, mayReplace);
  const columns = planColumns(stored["columns"], set, mayReplace);
  const operations = [
    ...field("description", wanted["description"]),
    ...tier.operations,
    ...field("tags", [...objects(wanted["tags"]), ...tier.added]),
    ...field("owners", wanted["owners"]),
    ...field("domains", wanted["domains"]),
    ...field("extension", wanted["extension"]),
    ...planLifeCycle(stored["lifeCycle"], wanted["lifeCycle"]),
    ...columns.operations,
  ];
  return { operations, unknownColumns: columns.unknownColumns };
}

/** The label of a tier. */
function tierLabel(tagFQN: string): TagLabel {
  return { tagFQN, source: "Classification", labelType: "Automated", state: "Confirmed" };
}

/** A tier is added when there is none, and takes the place of another one when it may. */
function planTier(
  stored: Readonly<Json>,
  tier: string | undefined,
  mayReplace: MayReplace,
): { operations: JsonPatchOperation[]; added: Json[] } {
  if (tier === undefined) return { operations: [], added: [] };
  const tags = Array.isArray(stored["tags"]) ? (stored["tags"] as unknown[]) : [];
  const at = tags.findIndex((tag) => isJson(tag) && String(tag["tagFQN"]).startsWith("Tier."));
  const label = { ...tierLabel(tier) };
  if (at < 0) return { operations: [], added: [label] };
  const known = tags[at];
  if (!mayReplace("tier") || (isJson(known) && known["tagFQN"] === tier)) return { operations: [], added: [] };
  return { operations: [{ op: "replace", path: `/tags/${at}`, value: label }], added: [] };
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

function planColumns(stored: unknown, set: ResolvedSet, mayReplace: MayReplace): UpdatePlan {
  const places = columnPlaces(stored);
  const operations: JsonPatchOperation[] = [];
  const unknown = new Set<string>();
  const plan = (name: string, rule: Record<string, PatchRule>, wanted: Json, overrideMetadata: boolean): void => {
    const place = places.exact.get(name) ?? places.caseless.get(name.toLowerCase());
    if (place) operations.push(...planMembers(rule, { ...place, wanted, options: { overrideMetadata } }));
    else unknown.add(name);
  };
  for (const [name, text] of Object.entries(set.columnDescriptions ?? {}))
    plan(name, { description }, { description: text }, mayReplace("description"));
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
