import { hash } from "node:crypto";
import type { CreateRequest, EntityType } from "./entity-types.ts";
import { compareCodePoints, PythonFloat, pythonJson } from "./python-json.ts";
import { hashModels, type HashModel, type HashShape } from "./source-hash-models.ts";

type Json = Record<string, unknown>;

/** White space as Python's `str.strip` and `\s` see it. */
// oxlint-disable-next-line no-control-regex -- the information separators count as white space there
const pythonSpace = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const volatile = new Set(["href", "deleted", "inherited"]);

/** Whether requests of this type carry a `sourceHash`. */
export function hasSourceHash(type: EntityType): type is EntityType & keyof typeof hashModels {
  return Object.hasOwn(hashModels, type);
}

/**
 * md5 (32 hex digits) of the create request, its own `sourceHash` left out. For databases, schemas, tables, pipelines, topics and containers it is
 * the value that OpenMetadata's Python client 1.12 computes, so that a catalog filled by it needs no rewrite; for other types just a stable hash.
 */
export function computeSourceHash<T extends EntityType>(type: T, request: CreateRequest<T>): string {
  // Who freezes a request says that it stays as it is: its source and the sink may both ask.
  const known = hashes.get(request);
  if (known !== undefined) return known;
  const made = hashOf(type, request);
  if (Object.isFrozen(request)) hashes.set(request, made);
  return made;
}

const hashes = new WeakMap<object, string>();

function hashOf<T extends EntityType>(type: T, request: CreateRequest<T>): string {
  const fields: Json = { ...request, sourceHash: undefined };
  const data = hasSourceHash(type) ? normalised(modelled(hashModels[type], fields)) : fields;
  return hash("md5", pythonJson(data, volatile));
}

function modelled(model: HashModel, value: Json): Json {
  const fields: Json = {};
  for (const [field, entry] of inOrder(model)) {
    if (typeof entry === "object" && "shape" in entry)
      fields[field] = shaped(entry.shape, value[field] ?? entry.default);
    else fields[field] = shaped(entry, value[field]);
  }
  return fields;
}

/** As they are printed, so that no object has to be sorted on its own. */
function inOrder(model: HashModel): readonly (readonly [string, HashModel[string]])[] {
  const known = ordered.get(model);
  if (known) return known;
  const fields = Object.entries(model).sort(([a], [b]) => compareCodePoints(a, b));
  ordered.set(model, fields);
  return fields;
}

const ordered = new WeakMap<HashModel, readonly (readonly [string, HashModel[string]])[]>();

function shaped(shape: HashShape, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (shape === "plain") return value;
  if (shape === "number") return typeof value === "number" ? new PythonFloat(value) : value;
  if (shape === "uuid") return typeof value === "string" ? value.toLowerCase() : value;
  if (shape === "instant") return typeof value === "string" ? pythonDateTime(value) : value;
  if ("enumOf" in shape) return typeof value === "string" ? `${shape.enumOf}.${shape.names?.[value] ?? value}` : value;
  if ("listOf" in shape) return Array.isArray(value) ? value.map((item) => shaped(shape.listOf, item)) : value;
  return isJson(value) ? modelled(shape.model(), value) : value;
}

/** Lists whose order says nothing are sorted, and the white space of DDL is levelled, as the Python client does: at the top level only. */
function normalised(data: Json): Json {
  const result = { ...data };
  if (Array.isArray(result["columns"])) result["columns"] = sortedColumns(result["columns"]);
  sortBy(result, "tags", (tag) => [text(tag["tagFQN"])]);
  sortBy(result, "owners", (owner) => [text(owner["fullyQualifiedName"]) || text(owner["name"]) || text(owner["id"])]);
  sortBy(result, "tableConstraints", (constraint) => [
    text(constraint["constraintType"] ?? "None"),
    list(constraint["columns"]).map(text).sort(compareCodePoints).join(","),
  ]);
  const ddl = result["schemaDefinition"];
  if (typeof ddl === "string") result["schemaDefinition"] = ddl.replace(pythonSpace, " ").replace(/^ | $/g, "");
  return result;
}

function sortedColumns(columns: unknown[]): unknown[] {
  const sorted = columns.filter(isJson).map((column) => {
    const copy = { ...column };
    if (Array.isArray(copy["children"])) copy["children"] = sortedColumns(copy["children"]);
    sortBy(copy, "tags", (tag) => [text(tag["tagFQN"])]);
    return copy;
  });
  return sorted.sort((a, b) => {
    const [left, right] = [ordinal(a), ordinal(b)];
    return left === right ? compareCodePoints(text(a["name"]), text(b["name"])) : left - right;
  });
}

function ordinal(column: Json): number {
  return typeof column["ordinalPosition"] === "number" ? column["ordinalPosition"] : Number.MAX_VALUE;
}

function sortBy(data: Json, field: string, keys: (item: Json) => string[]): void {
  const items = data[field];
  if (!Array.isArray(items)) return;
  const keyed = items.filter(isJson).map((item) => ({ item, keys: keys(item) }));
  keyed.sort((a, b) => {
    const at = a.keys.findIndex((key, index) => key !== b.keys[index]);
    return at < 0 ? 0 : compareCodePoints(a.keys[at] ?? "", b.keys[at] ?? "");
  });
  data[field] = keyed.map(({ item }) => item);
}

/** Python's `str(datetime)`: a space instead of `T`, six digits of microseconds or none, `+00:00` for `Z`. Other text stays. */
function pythonDateTime(value: string): string {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d:?\d\d)?$/.exec(value);
  if (!match) return value;
  const [, date, minutes, seconds = "00", fraction = "", zone = ""] = match;
  const micros = fraction.slice(0, 6).padEnd(6, "0");
  const offset = zone.toUpperCase() === "Z" ? "+00:00" : zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  return `${date} ${minutes}:${seconds}${micros === "000000" ? "" : `.${micros}`}${offset}`;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof PythonFloat);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
