import { md5 } from "./entity-types.ts";
import { isJson, objects, type Json } from "./patch-members.ts";
import { sameValue } from "./patch-sameness.ts";
import type { DataModel } from "./requests/table-data.ts";

/** A data model as the catalog shows it, its statements as their md5: thousands are held at a time. */
export type KnownDataModel = Readonly<Json>;

const statements = ["sql", "rawSql"] as const;

/** Makes a stored data model small; undefined when there is none. */
export function knownDataModel(stored: unknown): KnownDataModel | undefined {
  if (!isJson(stored)) return undefined;
  const known = { ...stored };
  for (const name of statements) {
    const text = known[name];
    if (typeof text === "string") known[name] = md5(text);
  }
  return known;
}

/**
 * Whether the catalog says what the source says. `generatedAt` is new in each build and says nothing; a blank statement leaves the
 * stored one; what the server fills in at columns does not count.
 */
export function sameDataModel(known: KnownDataModel | undefined, given: DataModel): boolean {
  if (!known) return false;
  const plainFields = ["modelType", "resourceType", "dbtSourceProject", "description", "path"] as const;
  return (
    plainFields.every((field) => sameText(known[field], given[field])) &&
    statements.every((name) => isBlank(given[name]) || known[name] === md5(given[name] ?? "")) &&
    sameValue("set", known["upstream"] ?? [], given.upstream ?? []) &&
    sameValue("set", keys(known["owners"], "id"), keys(given.owners, "id")) &&
    sameTags(known["tags"], given.tags) &&
    sameColumns(known["columns"], given.columns)
  );
}

function sameColumns(before: unknown, after: unknown): boolean {
  const [known, given] = [objects(before), objects(after)];
  const byName = new Map(known.map((column) => [column["name"], column]));
  return (
    known.length === given.length &&
    given.every((column) => {
      const other = byName.get(column["name"]);
      return other !== undefined && sameColumn(other, column);
    })
  );
}

function sameColumn(known: Json, given: Json): boolean {
  const { description, tags, children, dataTypeDisplay, ...exact } = given;
  return (
    Object.entries(exact).every(([field, value]) => value === undefined || sameValue("exact", known[field], value)) &&
    (dataTypeDisplay === undefined || sameValue("caseless", known["dataTypeDisplay"], dataTypeDisplay)) &&
    sameText(known["description"], description) &&
    sameTags(known["tags"], tags) &&
    sameColumns(known["children"], children)
  );
}

function sameTags(before: unknown, after: unknown): boolean {
  return sameValue("set", keys(before, "tagFQN"), keys(after, "tagFQN"));
}

const keys = (list: unknown, key: string): unknown[] => objects(list).map((item) => item[key]);
const sameText = (before: unknown, after: unknown): boolean => (before ?? "") === (after ?? "");
const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === "";
