import type { CatalogEntity } from "@omd/core";
import { fqnOf, InvalidNameError, type EntityReference, type FQN } from "@omd/schema";
import { entityOrNothing, referenceTo, sameText, searchAnswer } from "./answers.ts";
import { getEntity } from "./entities.ts";
import { searchIndexes } from "./search.ts";
import type { Transport } from "./transport.ts";

type OwnerType = "user" | "team";
type Hit = CatalogEntity & { readonly email?: unknown; readonly displayName?: unknown };

const hitsAsked = 10;

/** Looks owners up, each name once. */
export interface OwnerFinder {
  /** Exact name, e-mail or display name; then, when `fuzzy`, what the search deems nearest. Throws CatalogError. */
  find(name: string, fuzzy: boolean): Promise<EntityReference | undefined>;
  /** Forgets all answers, after a user or team was written. */
  forget(): void;
}

const cachedNames = 10_000;

type Lookup = (transport: Transport, name: string) => Promise<EntityReference | undefined>;

export function createOwnerFinder(transport: Transport): OwnerFinder {
  let known = new Map<string, Promise<EntityReference | undefined>>();
  const once = (what: Lookup, name: string): Promise<EntityReference | undefined> => {
    const key = `${what.name} ${name}`;
    const cache = known;
    const begun = cache.get(key);
    if (begun) return begun;
    if (cache.size >= cachedNames) cache.clear();
    const answer = what(transport, name).catch((error: unknown) => {
      cache.delete(key);
      throw error;
    });
    cache.set(key, answer);
    return answer;
  };
  return {
    forget: () => {
      known = new Map();
    },
    find: async (given, fuzzy) => {
      const name = given.trim();
      if (name === "") return undefined;
      // Who asks for the exact name first and for the nearest then does not look for the exact one twice.
      return (await once(exact, name)) ?? (fuzzy ? once(nearest, name) : undefined);
    },
  };
}

async function exact(transport: Transport, name: string): Promise<EntityReference | undefined> {
  return (
    (await byName(transport, name)) ??
    (name.includes("@") ? await byField(transport, "user", "email", name) : undefined) ??
    (await byField(transport, "user", "displayName", name)) ??
    (await byField(transport, "team", "displayName", name))
  );
}

/** A bot owns nothing, and of teams only those of type Group may own. */
const mayOwn = (type: OwnerType, entity: CatalogEntity): boolean =>
  entity.deleted !== true && (type === "team" ? entity["teamType"] === "Group" : entity["isBot"] !== true);

async function byName(transport: Transport, name: string): Promise<EntityReference | undefined> {
  let fqn: FQN;
  try {
    fqn = fqnOf(name);
  } catch (error) {
    if (error instanceof InvalidNameError) return undefined;
    throw error;
  }
  for (const type of ["user", "team"] as const) {
    const found = await getEntity(transport, type, fqn);
    if (found !== undefined && mayOwn(type, found)) return referenceTo(type, found);
  }
  return undefined;
}

/** Signs with a meaning in the index's query language. */
const escaped = (text: string): string => text.replaceAll(/[+\-=&|!(){}[\]^"~*?:\\/<>]/g, String.raw`\$&`);

async function byField(
  transport: Transport,
  type: OwnerType,
  field: "email" | "displayName",
  value: string,
): Promise<EntityReference | undefined> {
  const asked = { q: `${field}.keyword:"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` };
  const hits = await queryIndex(transport, type, asked);
  const same = hits.filter((hit) => sameText(hit[field], value) && mayOwn(type, hit));
  // Two people of one name: neither is taken.
  const [only, ...others] = same;
  return only === undefined || others.length > 0 ? undefined : referenceTo(type, only);
}

async function nearest(transport: Transport, name: string): Promise<EntityReference | undefined> {
  const words = {
    query: `${escaped(name)} AND isBot:false`,
    fields: ["name", "displayName"],
    default_operator: "AND",
    fuzziness: "AUTO",
  };
  const filter = JSON.stringify({ query: { query_string: words } });
  for (const type of ["team", "user"] as const) {
    const hits = await queryIndex(transport, type, { q: "", query_filter: filter });
    const found = hits.find((hit) => mayOwn(type, hit));
    if (found !== undefined) return referenceTo(type, found);
  }
  return undefined;
}

async function queryIndex(transport: Transport, type: OwnerType, query: Record<string, string>): Promise<Hit[]> {
  const full = { ...query, from: 0, size: hitsAsked, deleted: false, index: searchIndexes[type] };
  const { value } = await transport.json(`search ${type}s`, { path: "/search/query", query: full }, searchAnswer);
  return value.hits.hits.map((hit) => entityOrNothing(hit._source)).filter((hit) => hit !== undefined);
}
