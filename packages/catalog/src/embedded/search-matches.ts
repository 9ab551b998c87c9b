import type { Body, StoredEntity } from "./entity-store.ts";

/** A place in which words of a search were found. */
export interface SearchMatch {
  readonly field: "name" | "fqn" | "column" | "task" | "tag" | "owner" | "description";
  readonly value: string;
}

const shownParts = 5;

/** Words as the full-text index cuts them: letters and digits, lower-cased, without accents. */
export function wordsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .normalize("NFKD")
        .replaceAll(/\p{M}/gu, "")
        .toLowerCase()
        .split(/[^\p{L}\p{N}\p{Co}]+/u)
        .filter((word) => word !== ""),
    ),
  ];
}

/**
 * Where the words stand in an entity: whole fields that hold one of them, those first that hold most of them; of columns, tasks and tags five each.
 */
export function matchesIn(entity: StoredEntity, owners: readonly string[], words: readonly string[]): SearchMatch[] {
  if (words.length === 0) return [];
  const held = (value: string): number => {
    const own = wordsOf(value);
    return words.filter((word) => own.some((candidate) => candidate.startsWith(word))).length;
  };
  const { displayName, description, columns, tasks } = entity.body;
  const found: (SearchMatch & { readonly held: number })[] = [];
  const add = (field: SearchMatch["field"], values: readonly string[]): void => {
    const holding = values.map((value) => ({ field, value, held: held(value) })).filter((match) => match.held > 0);
    found.push(...holding.sort((a, b) => b.held - a.held).slice(0, shownParts));
  };
  add("name", [entity.name, ...(typeof displayName === "string" ? [displayName] : [])]);
  add("column", partNames(columns));
  add("task", partNames(tasks));
  if (found.length === 0) add("fqn", [entity.fqn]);
  add("tag", tagNames(entity.body));
  add("owner", owners);
  if (typeof description === "string") add("description", [description]);
  return found.sort((a, b) => b.held - a.held).map(({ field, value }) => ({ field, value }));
}

function partNames(parts: unknown): string[] {
  if (!Array.isArray(parts)) return [];
  return (parts as Body[]).flatMap((part) => [String(part.name), ...partNames(part.children)]);
}

function tagNames(body: Body): string[] {
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    else if (typeof value === "object" && value !== null) {
      const { tagFQN, tags, children } = value as Body;
      if (typeof tagFQN === "string") names.add(tagFQN);
      collect(tags);
      collect(children);
    }
  };
  collect(body.tags);
  collect(body.columns);
  collect(body.tasks);
  return [...names];
}
