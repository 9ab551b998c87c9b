import { isDeepStrictEqual } from "node:util";
import type { Body } from "./entity-store.ts";

interface FieldChange {
  name: string;
  oldValue?: string;
  newValue?: string;
}

/** What moved between two states of an entity, as OpenMetadata records it. */
export interface Change {
  readonly fieldsAdded: FieldChange[];
  readonly fieldsUpdated: FieldChange[];
  readonly fieldsDeleted: FieldChange[];
  /** Whether a reader of the old state may break: a part was removed or a length, precision or scale shrank. */
  readonly breaking: boolean;
  /** Whether it is worth a version: a new source hash alone is not. */
  readonly versioned: boolean;
}

const partLists = new Set(["columns", "tasks"]);

/** The difference, or undefined when there is none. */
export function changeOf(before: Body, after: Body): Change | undefined {
  const found = { fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [] };
  let breaking = false;
  let onlyHash = true;
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isDeepStrictEqual(before[field], after[field])) continue;
    if (field !== "sourceHash") onlyHash = false;
    if (partLists.has(field)) breaking = compareParts(found, field, before[field], after[field]) || breaking;
    else record(found, field, before[field], after[field]);
  }
  const changed = Object.values(found).some((list) => list.length > 0);
  return changed ? { ...found, breaking, versioned: !onlyHash } : undefined;
}

/** The next version: +1.0 when the change breaks readers, else +0.1. */
export function nextVersion(version: number, breaking: boolean): number {
  return Math.round((version + (breaking ? 1 : 0.1)) * 10) / 10;
}

type Found = Pick<Change, "fieldsAdded" | "fieldsUpdated" | "fieldsDeleted">;

function record(found: Found, name: string, oldValue: unknown, newValue: unknown): void {
  if (oldValue === undefined) found.fieldsAdded.push({ name, newValue: text(newValue) });
  else if (newValue === undefined) found.fieldsDeleted.push({ name, oldValue: text(oldValue) });
  else found.fieldsUpdated.push({ name, oldValue: text(oldValue), newValue: text(newValue) });
}

function compareParts(found: Found, name: string, before: unknown, after: unknown): boolean {
  const olds = new Map(((before ?? []) as Body[]).map((part) => [String(part.name), part]));
  const news = new Map(((after ?? []) as Body[]).map((part) => [String(part.name), part]));
  const removed = [...olds].filter(([key]) => !news.has(key)).map(([, part]) => part);
  const added = [...news].filter(([key]) => !olds.has(key)).map(([, part]) => part);
  if (removed.length > 0) found.fieldsDeleted.push({ name, oldValue: text(removed) });
  if (added.length > 0) found.fieldsAdded.push({ name, newValue: text(added) });
  let breaking = removed.length > 0 && name !== "tasks";
  for (const [key, part] of news) {
    const old = olds.get(key);
    if (old) breaking = comparePart(found, `${name}.${key}`, old, part) || breaking;
  }
  const moved = removed.length === 0 && added.length === 0 && !isDeepStrictEqual([...olds.keys()], [...news.keys()]);
  if (moved) found.fieldsUpdated.push({ name, oldValue: text([...olds.keys()]), newValue: text([...news.keys()]) });
  return breaking;
}

function comparePart(found: Found, path: string, old: Body, part: Body): boolean {
  let breaking = false;
  for (const field of new Set([...Object.keys(old), ...Object.keys(part)])) {
    if (isDeepStrictEqual(old[field], part[field])) continue;
    if (field === "children")
      breaking = compareParts(found, `${path}.children`, old.children, part.children) || breaking;
    else record(found, `${path}.${field}`, old[field], part[field]);
    breaking ||= field === "dataType" || shrinks(field, old[field], part[field]);
  }
  return breaking;
}

function shrinks(field: string, old: unknown, value: unknown): boolean {
  const measured = field === "dataLength" || field === "precision" || field === "scale";
  return measured && typeof old === "number" && typeof value === "number" && value < old;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
