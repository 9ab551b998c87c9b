import { isDeepStrictEqual } from "node:util";
import jsonPatch from "fast-json-patch";
import { entityTypeInfo, type EntityType, type JsonPatchOperation } from "@omd/schema";
import { z } from "zod";
import { badRequest } from "./columns.ts";
import { deepestJson, isTooDeep } from "./depth.ts";
import { entityFields, requiredFields, restoredFields } from "./entity-fields.ts";
import type { Body, StoredEntity } from "./entity-store.ts";
import { isDerived } from "./extras/derived-fields.ts";
import { openField } from "./open-fields.ts";
import { patchShapes } from "./patch-shapes.ts";
import { namedReference, referenceListFields } from "./reference-fields.ts";
import { parseLabel } from "./references.ts";

const indexSegment = /^(?:\d+|-)$/;
/** Names that would reach into an object's prototype. */
const unsafeSegments = new Set(["__proto__", "constructor", "prototype"]);

/**
 * The body of an entity after a patch (RFC 6902). Missing lists are read as `[]` and missing objects as `{}`; what identifies the
 * entity is put back silently. Throws CatalogError 400: a path that is not there, an unknown property, a wrong type, a field taken away
 * that the type can't be without.
 * Source: om-api §8.
 */
export function patchedBody(before: StoredEntity, shown: object, operations: readonly JsonPatchOperation[]): Body {
  let document = structuredClone(shown) as Body;
  for (const [index, operation] of operations.entries()) {
    if (operation.path === "" && operation.op !== "test") throw badRequest("A patch can't replace the whole entity");
    if (operation.op === "move") checkSource(index, operation);
    const copy = {
      ...operation,
      ...(operation.value === undefined ? {} : { value: structuredClone(operation.value) }),
    };
    try {
      makeParents(document, copy);
      document = jsonPatch.applyOperation(document, copy as jsonPatch.Operation, true).newDocument;
    } catch (error) {
      const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
      throw badRequest(`Invalid patch operation ${index} (${operation.op} ${operation.path}): ${reason}`);
    }
    if (operation.op === "copy") checkSize(document);
  }
  return readBody(before, withoutNulls(document) as Body);
}

/** Source: RFC 6902 §4.4. */
function checkSource(index: number, { path, from }: JsonPatchOperation): void {
  if (typeof from === "string" && path.startsWith(`${from}/`))
    throw badRequest(`Invalid patch operation ${index} (move ${path}): what holds a place can't be moved there`);
}

/** Characters of the JSON of an entity, and its depth: a patch of a few copies would double them without end. */
const longest = 64 * 1024 * 1024;

function checkSize(document: Body): void {
  if (isTooDeep(document)) throw badRequest(`The patch makes the entity more than ${deepestJson} levels deep`);
  if (JSON.stringify(document).length > longest) throw badRequest("The patch makes the entity longer than 64 MiB");
}

function makeParents(document: Body, { op, path }: JsonPatchOperation): void {
  const segments = path.split("/").slice(1).map(unescapeSegment);
  if (segments.some((segment) => unsafeSegments.has(segment))) throw badRequest(`path ${path} is not allowed`);
  if (op !== "add") return;
  let at: unknown = document;
  for (const [depth, segment] of segments.slice(0, -1).entries()) {
    if (typeof at !== "object" || at === null) return;
    const container = at as Body;
    const missing = container[segment] === undefined || container[segment] === null;
    if (missing && !Array.isArray(at)) container[segment] = indexSegment.test(segments[depth + 1] ?? "") ? [] : {};
    at = container[segment];
  }
}

function unescapeSegment(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null && item !== undefined).map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === null || inner === undefined ? [] : [[key, withoutNulls(inner)] as const],
    ),
  );
}

function readBody(before: StoredEntity, document: Body): Body {
  const known = entityFields(before.type);
  const body: Body = {};
  for (const [field, value] of Object.entries(document)) {
    if (!known.has(field)) throw badRequest(`Unrecognized field "${field}" of ${before.type}`);
    if (restoredFields.has(field) || isDerived(field, before.type)) continue;
    const given = isPartList(before.type, field) ? value : checkedField(before, field, value);
    if (given !== undefined) body[field] = given;
  }
  for (const field of restoredFields) if (before.body[field] !== undefined) body[field] = before.body[field];
  for (const field of requiredFields(before.type))
    if (body[field] === undefined) throw badRequest(`Invalid ${before.type}: ${field} can't be taken away`);
  for (const field of ["columns", "tasks"]) {
    if (body[field] !== undefined) body[field] = checked(before.type, field, withoutFqns(body[field]));
  }
  if (before.type === "container" && body.dataModel) {
    const model = body.dataModel as Body;
    body.dataModel = checked(before.type, "dataModel", { ...model, columns: withoutFqns(model.columns) });
  }
  return body;
}

function isPartList(type: EntityType, field: string): boolean {
  return field === "columns" || field === "tasks" || (type === "container" && field === "dataModel");
}

/** Fields whose form on the entity is not that of the create request. */
const ownForm = new Set([...Object.keys(namedReference), "extension"]);

/** Of what this catalog has not got, and secrets. */
const ownOfOthers = new Set(
  "recognizers personas defaultPersona authenticationMechanism dataContract processingEngine".split(" "),
);

/** A field that we know no form of stays as it was: nobody could read an entity again whose answers are wrong. */
function checkedField(before: StoredEntity, field: string, value: unknown): unknown {
  if (isDeepStrictEqual(value, before.body[field])) return value;
  return field === "tags" || schemaOf(before.type, field) || ownForm.has(field)
    ? checked(before.type, field, value)
    : before.body[field];
}

function schemaOf(type: EntityType, field: string): z.ZodType | undefined {
  if (referenceListFields.includes(field)) return references;
  const form = openField(type, field);
  if (form) return form;
  if (ownOfOthers.has(field)) return undefined;
  const shape = (entityTypeInfo(type).request as z.ZodObject).shape as Readonly<Record<string, z.ZodType>>;
  return ownForm.has(field) ? patchShapes[field] : (shape[field] ?? patchShapes[field]);
}
const references = z.array(z.looseObject({ id: z.string(), type: z.string() }));

function checked(type: EntityType, field: string, value: unknown): unknown {
  if (field === "tags") return Array.isArray(value) ? value.map(parseLabel) : value;
  const result = schemaOf(type, field)?.safeParse(value);
  if (result && !result.success) {
    const issues = result.error.issues.map(({ path, message }) => [field, ...path].join(".") + `: ${message}`);
    throw badRequest(`Invalid ${type}: ${issues.join("; ")}`);
  }
  return value;
}

/** Columns or tasks in the form of a create request: the catalog fills in FQNs and what it knows of tags and owners. */
function withoutFqns(parts: unknown): unknown {
  if (!Array.isArray(parts)) return parts;
  return (parts as unknown[]).map((given) => {
    if (typeof given !== "object" || given === null) return given;
    const { fullyQualifiedName: _, tags, children, ...part } = given as Body;
    return {
      ...part,
      ...(Array.isArray(tags) ? { tags: tags.map(parseLabel) } : {}),
      ...(children === undefined ? {} : { children: withoutFqns(children) }),
    };
  });
}
