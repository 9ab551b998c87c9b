import type { JsonPatchOperation } from "./json-patch.ts";
import type { PatchRule, PatchRules } from "./patch-rules.ts";
import { sameValue } from "./patch-sameness.ts";

export type Json = Record<string, unknown>;

export interface PatchOptions {
  /** Replaces what people may have written (description, owners, display name, constraints, extension) by what the source says. Tags are united either way. */
  readonly overrideMetadata: boolean;
}

/** One object of the stored entity, the object it shall become, and where it stands. */
export interface Place {
  path: string;
  stored: Json;
  wanted: Json;
  options: PatchOptions;
}

/** Operations for the fields that have a rule. */
export function planMembers(rules: PatchRules, place: Place): JsonPatchOperation[] {
  return Object.entries(rules).flatMap(([field, rule]) => planField(rule, field, place));
}

function planField(rule: PatchRule, field: string, place: Place): JsonPatchOperation[] {
  const { stored, wanted, options } = place;
  const path = pointer(place.path, field);
  const [before, after] = [stored[field], wanted[field]];
  switch (rule.rule) {
    case "set":
      if (isEmpty(after)) return rule.clear && !isEmpty(before) ? [{ op: "remove", path }] : [];
      return sameValue(rule.same, before, after) ? [] : [put(path, before, after)];
    case "curate":
      if (isEmpty(after) || (!isEmpty(before) && !options.overrideMetadata)) return [];
      return sameValue(rule.same, before, after) ? [] : [put(path, before, after)];
    case "owners":
      return planReferences(path, before, objects(after), options);
    case "tags":
      return planTags(path, before, objects(after));
    case "extension":
      return planExtension(path, before, after, options);
    case "object":
      if (!isJson(after)) return [];
      if (!isJson(before)) return isEmpty(after) ? [] : [{ op: "add", path, value: after }];
      return planMembers(rule.of, { path, stored: before, wanted: after, options });
    default:
      return planElements(rule, field, place);
  }
}

function planReferences(path: string, stored: unknown, after: Json[], options: PatchOptions): JsonPatchOperation[] {
  if (after.length === 0) return [];
  // What is inherited is not the entity's own: it counts as having none.
  const own = objects(stored).filter((reference) => reference["inherited"] !== true);
  if (own.length > 0 && !options.overrideMetadata) return [];
  const ids = (references: Json[]) => references.map((reference) => reference["id"]);
  return sameValue("set", ids(own), ids(after)) ? [] : [put(path, stored, after)];
}

function planTags(path: string, before: unknown, after: Json[]): JsonPatchOperation[] {
  const seen = new Set(objects(before).map((tag) => tag["tagFQN"]));
  const missing = after.filter((tag) => !seen.has(tag["tagFQN"]) && seen.add(tag["tagFQN"]));
  if (missing.length === 0) return [];
  if (!Array.isArray(before)) return [{ op: "add", path, value: missing }];
  return missing.map((value) => ({ op: "add", path: `${path}/-`, value }));
}

function planExtension(path: string, before: unknown, after: unknown, options: PatchOptions): JsonPatchOperation[] {
  if (!isJson(after) || isEmpty(after)) return [];
  if (!isJson(before)) return [{ op: "add", path, value: after }];
  return Object.entries(after).flatMap(([key, value]) => {
    if (isEmpty(value) || (!isEmpty(before[key]) && !options.overrideMetadata)) return [];
    return sameValue("exact", before[key], value) ? [] : [put(pointer(path, key), before[key], value)];
  });
}

/** Keeps the stored order: changes in place, then the vanished from the end, then the new ones. */
function planElements(rule: PatchRule & { rule: "elements" }, field: string, place: Place): JsonPatchOperation[] {
  const { stored, wanted, options } = place;
  const path = pointer(place.path, field);
  const before = stored[field];
  const after = byName(objects(wanted[field]));
  if (!Array.isArray(before)) return after.size === 0 ? [] : [{ op: "add", path, value: [...after.values()] }];
  if (after.size === 0 && !mayClear(rule, wanted[field] !== undefined, place)) return [];

  const changes: JsonPatchOperation[] = [];
  const removals: JsonPatchOperation[] = [];
  before.forEach((element: unknown, index) => {
    const name = isJson(element) ? element["name"] : undefined;
    const target = after.get(name);
    if (!isJson(element) || !target) {
      removals.unshift({ op: "remove", path: `${path}/${index}` });
      return;
    }
    after.delete(name);
    changes.push(
      ...planMembers(rule.of(), {
        path: `${path}/${index}`,
        stored: element,
        wanted: withDisplay(element, target),
        options,
      }),
    );
  });
  const additions = [...after.values()].map((value): JsonPatchOperation => ({ op: "add", path: `${path}/-`, value }));
  return [...changes, ...removals, ...additions];
}

function mayClear(rule: PatchRule & { rule: "elements" }, given: boolean, { stored, wanted }: Place): boolean {
  if (rule.emptied === "keepIfSameDataType") return !sameValue("exact", stored["dataType"], wanted["dataType"]);
  return rule.emptied === "clear" && given;
}

/** A display that the server made up for the old type would outlive it: it names the new type as the server would. */
function withDisplay(stored: Json, wanted: Json): Json {
  const type = wanted["dataType"];
  if (typeof type !== "string" || type === stored["dataType"] || isEmpty(stored["dataTypeDisplay"])) return wanted;
  return { ...wanted, dataTypeDisplay: wanted["dataTypeDisplay"] ?? type.toLowerCase() };
}

/** The first of each name; the server refuses a name twice. */
function byName(elements: Json[]): Map<unknown, Json> {
  const result = new Map<unknown, Json>();
  for (const element of elements) if (!result.has(element["name"])) result.set(element["name"], element);
  return result;
}

/** `add` where nothing is stored, else `replace`. */
export function put(path: string, before: unknown, value: unknown): JsonPatchOperation {
  return { op: isEmpty(before) ? "add" : "replace", path, value };
}

/** JSON pointer to a member. */
export function pointer(path: string, member: string): string {
  return `${path}/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Servers leave out null, and some fields read back as an empty text or list: all mean that nobody has said anything. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === "string") return value.trim() === "";
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a list; empty for what is no list. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** Without undefined members, as it will travel. */
export function plain(value: Json): Json {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  return isJson(copy) ? copy : {};
}
