import type { TagLabel } from "@omd/schema";
import type { Body } from "./entity-store.ts";

const keptWhenSet = new Set(["description", "domains", "extension"]);
const partLists = new Set(["columns", "tasks"]);

/**
 * What a PUT by a bot makes of an existing entity. Fields that the request does not name are kept; descriptions of people are never
 * replaced, owners never removed, tags united. Source: om-api §9.1 (OpenMetadata's EntityRepository).
 */
export function mergePut(before: Body, request: Body): Body {
  const after: Body = { ...before };
  for (const [field, value] of Object.entries(request)) {
    if (value === undefined) continue;
    after[field] = mergeField(field, before[field], value);
  }
  return after;
}

function mergeField(field: string, before: unknown, value: unknown): unknown {
  if (keptWhenSet.has(field)) return isEmpty(before) ? value : before;
  if (field === "owners") return isEmpty(value) ? before : value;
  if (field === "users" || field === "usedBy" || field === "queryUsedIn") return united(before, value);
  if (field === "tags") return uniteTags(before, value);
  if (field === "lifeCycle") return mergeLifeCycle(before as Body | undefined, value as Body);
  if (partLists.has(field)) return carryOver(before, value);
  if (field === "dataModel") return withParts(before, value, "columns");
  if (field === "messageSchema") return withParts(before, value, "schemaFields");
  return value;
}

/** Who ran a query and on what adds up: every run of a source tells only of its own days. */
function united(before: unknown, value: unknown): unknown {
  if (!Array.isArray(before) || !Array.isArray(value)) return value;
  return [...new Map([...before, ...value].map((item: unknown) => [JSON.stringify(item), item])).values()];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Tags of both, by FQN in order; those of `before` keep their labels. */
export function uniteTags(before: unknown, added: unknown): TagLabel[] | undefined {
  const all = new Map<string, TagLabel>();
  for (const tag of [...((added ?? []) as TagLabel[]), ...((before ?? []) as TagLabel[])]) all.set(tag.tagFQN, tag);
  return all.size === 0 ? undefined : sortTags([...all.values()]);
}

/** Tags in the order that OpenMetadata answers them in. */
export function sortTags(tags: TagLabel[]): TagLabel[] {
  return tags.sort((a, b) => (a.tagFQN < b.tagFQN ? -1 : Number(a.tagFQN > b.tagFQN)));
}

/** The list of the request, with what people added to the same-named parts of the stored list. */
function carryOver(before: unknown, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const known = new Map((Array.isArray(before) ? (before as Body[]) : []).map((part) => [part.name, part]));
  return (value as Body[]).map((part) => {
    const old = known.get(part.name);
    return old ? carryPart(old, part) : part;
  });
}

function carryPart(old: Body, part: Body): Body {
  const carried: Body = { ...part };
  for (const field of ["displayName", "constraint", "owners", "extension"]) {
    if (isEmpty(carried[field]) && old[field] !== undefined) carried[field] = old[field];
  }
  if (!isEmpty(old.description)) carried.description = old.description;
  const tags = uniteTags(old.tags, part.tags);
  if (tags) carried.tags = tags;
  if (part.children) carried.children = carryOver(old.children, part.children);
  return carried;
}

function withParts(before: unknown, value: unknown, list: string): unknown {
  const parts = (value as Body)[list];
  return parts === undefined
    ? value
    : { ...(value as Body), [list]: carryOver((before as Body | undefined)?.[list], parts) };
}

/** Per kind (created, updated, accessed) the newer time wins. */
function mergeLifeCycle(before: Body | undefined, value: Body): Body {
  const after: Body = { ...before };
  for (const [kind, next] of Object.entries(value)) {
    const old = after[kind] as { timestamp?: number } | undefined;
    const newer = ((next as { timestamp?: number } | null)?.timestamp ?? 0) >= (old?.timestamp ?? 0);
    if (next !== null && newer) after[kind] = next;
  }
  return after;
}
