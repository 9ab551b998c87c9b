import type { Entity } from "../api.ts";

/** One value that differs between two versions; undefined: not there. */
export interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Fields that change with every version, or follow from others. */
const noise = new Set([
  "version",
  "updatedAt",
  "updatedBy",
  "impersonatedBy",
  "changeDescription",
  "incrementalChangeDescription",
  "href",
  "sourceHash",
]);
const keys = ["fullyQualifiedName", "tagFQN", "name", "id"];

/** What differs, by path. Items of lists are told apart by their names, so that a new column is one difference. */
export function differences(before: Entity, after: Entity): readonly Difference[] {
  const found: Difference[] = [];
  compare("", before, after, found);
  return found;
}

function compare(path: string, before: unknown, after: unknown, found: Difference[]): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const [a, b] = [members(before), members(after)];
  if (!a || !b) {
    found.push({ path, before, after });
    return;
  }
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    if (noise.has(name)) continue;
    compare(path === "" ? name : `${path} › ${name}`, a.get(name), b.get(name), found);
  }
}

/** Members of an object, or items of a list by name; undefined for everything else. */
function members(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const named = new Map<string, unknown>();
  for (const item of value as readonly unknown[]) {
    const name = itemName(item);
    if (name === undefined || named.has(name)) return undefined;
    named.set(name, item);
  }
  return named;
}

function itemName(item: unknown): string | undefined {
  if (typeof item === "string") return item;
  if (typeof item !== "object" || item === null) return undefined;
  const key = keys.find((name) => typeof (item as Record<string, unknown>)[name] === "string");
  return key === undefined ? undefined : ((item as Record<string, unknown>)[key] as string);
}
