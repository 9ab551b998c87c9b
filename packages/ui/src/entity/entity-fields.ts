import type { Entity } from "../api.ts";

/** A part of an entity's JSON. */
export type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a field; undefined when it is missing, empty or no text. */
export function text(entity: Json, field: string): string | undefined {
  const value = entity[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The number of a field; undefined when it is missing or no number. */
export function figure(entity: Json, field: string): number | undefined {
  const value = entity[field];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The object of a field; undefined when it is missing or none. */
export function inner(entity: Json, field: string): Json | undefined {
  const value = entity[field];
  return isJson(value) ? value : undefined;
}

/** The objects of a list; empty when it is missing or no list. */
export function list(entity: Json, field: string): readonly Json[] {
  const value = entity[field];
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** The texts of a list; empty when it is missing or no list. */
export function texts(entity: Json, field: string): readonly string[] {
  const value = entity[field];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

/** The name to show. */
export function title(entity: Entity, otherwise = ""): string {
  return text(entity, "displayName") ?? text(entity, "name") ?? otherwise;
}

/** What OpenMetadata's links inside texts name: `<#E::table::svc.db.s.t::columns::c>`. */
export function linkedEntity(
  value: string,
): { readonly type: string; readonly fqn: string; readonly column: string | undefined } | undefined {
  const [, type, fqn, column] = /^<#E::(\w+)::(.+?)(?:::columns::(.+))?>$/.exec(value) ?? [];
  return type === undefined || fqn === undefined ? undefined : { type, fqn, column };
}

/** Only web addresses become links: a source may send anything. */
export function webAddress(value: string | undefined): string | undefined {
  return value !== undefined && /^https?:\/\//i.test(value) ? value : undefined;
}
