import { InvalidNameError } from "./fqn.ts";

/** What an entity link points at: an entity, or a field of it, or a named part of that field. */
export interface EntityLink {
  readonly entityType: string;
  readonly fqn: string;
  /** For instance `columns`. */
  readonly field?: string | undefined;
  /** For instance a column, nested ones as `a.b`. */
  readonly name?: string | undefined;
}

/** A part may hold a `:` but not two, and none of `<`, `>`, `|`. Source: OpenMetadata's EntityLink grammar. */
const part = "(?:[^:<>|]|:[^:<>|])+";
const link = new RegExp(`^<#E::(\\w+)::(${part})(?:::(${part})(?:::(${part}))?)?>$`, "u");

/** `<#E::table::svc.db.s.t::columns::email>`. Throws {@link InvalidNameError} when a part holds what a link may not. */
export function entityLink(entityType: string, fqn: string, field?: string, name?: string): string {
  if (name !== undefined && field === undefined)
    throw new InvalidNameError(name, "a link names a part only of a field");
  const text = `<#E::${[entityType, fqn, field, name].filter((value) => value !== undefined).join("::")}>`;
  const parsed = parseEntityLink(text);
  if (parsed?.fqn !== fqn || parsed.field !== field || parsed.name !== name) {
    throw new InvalidNameError(text, "a part of an entity link is empty or holds `::`, `<`, `>` or `|`");
  }
  return text;
}

/** The parts of an entity link, or undefined when the text is none. */
export function parseEntityLink(text: string): EntityLink | undefined {
  const match = link.exec(text);
  const [, entityType, fqn, field, name] = match ?? [];
  return entityType === undefined || fqn === undefined ? undefined : { entityType, fqn, field, name };
}
