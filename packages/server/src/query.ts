import type { Include } from "@omd/core";
import type { FastifyRequest } from "fastify";
import { Refusal } from "./answers.ts";

/** Parameters of a query; a repeated one is a list. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

export function queryOf(request: FastifyRequest): Query {
  return request.query as Query;
}

/** The parameter; the last one when it is repeated, undefined when empty. */
export function text(query: Query, name: string): string | undefined {
  const value = query[name];
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last === "" ? undefined : last;
}

/** All values of a parameter that may be repeated. */
export function texts(query: Query, name: string): readonly string[] {
  const value = query[name] ?? [];
  return (Array.isArray(value) ? value : [value]).filter((one) => one !== "");
}

export function flag(query: Query, name: string): boolean {
  return text(query, name)?.toLowerCase() === "true";
}

/** A whole number within bounds. Throws Refusal 400. */
export function wholeNumber(query: Query, name: string, bounds: { min: number; max: number }): number | undefined {
  const given = text(query, name);
  if (given === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(given)) throw new Refusal(400, `query param ${name} must be a whole number`);
  const value = Number(given);
  if (value < bounds.min) throw new Refusal(400, `query param ${name} must be greater than or equal to ${bounds.min}`);
  if (value > bounds.max) throw new Refusal(400, `query param ${name} must be less than or equal to ${bounds.max}`);
  return value;
}

/** `fields=a,b` or `fields=*`. */
export function fieldsOf(query: Query): readonly string[] | undefined {
  const names = texts(query, "fields")
    .flatMap((list) => list.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names.length === 0 ? undefined : names;
}

const includes: readonly string[] = ["all", "deleted", "non-deleted"] satisfies Include[];

/** Throws Refusal 400. */
export function includeOf(query: Query): Include | undefined {
  const given = text(query, "include");
  if (given === undefined) return undefined;
  if (!includes.includes(given))
    throw new Refusal(400, "query param include must be one of [all, deleted, non-deleted]");
  return given as Include;
}
