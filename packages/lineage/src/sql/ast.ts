/** A node of the parsed statement: an object of one key, the kind, over its body; or a plain part of a body. */
export type Body = Readonly<Record<string, unknown>>;

export interface AstNode {
  readonly kind: string;
  readonly body: Body;
}

export function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads `{kind: body}`; undefined for anything else. */
export function nodeOf(value: unknown): AstNode | undefined {
  if (!isBody(value)) return undefined;
  const keys = Object.keys(value);
  const kind = keys[0];
  if (kind === undefined || keys.length !== 1) return undefined;
  const body = value[kind];
  return isBody(body) ? { kind, body } : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text of an identifier, given as `{name}`, as `{identifier}`, as a column of one part, or as plain text. */
export function nameOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  if (!isBody(value)) return undefined;
  if (typeof value["name"] === "string") return value["name"] === "" ? undefined : value["name"];
  const node = nodeOf(value);
  if (node?.kind === "identifier") return nameOf(node.body);
  if (node?.kind === "column") return nameOf(node.body["name"]);
  return undefined;
}

export function namesOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((each) => nameOf(each) ?? []);
}

/** `a.b.c` as its parts, when the expression is nothing but a column and fields of it. */
export function columnPath(value: unknown): readonly string[] | undefined {
  const node = nodeOf(value);
  if (node?.kind === "column") {
    const name = nameOf(node.body["name"]);
    if (name === undefined) return undefined;
    const table = nameOf(node.body["table"]);
    return table === undefined ? [name] : [table, name];
  }
  if (node?.kind !== "dot") return undefined;
  const base = columnPath(withoutParens(node.body["this"]));
  const field = nameOf(node.body["field"]);
  return base === undefined || field === undefined || field === "*" ? undefined : [...base, field];
}

/** `(t).total` is the field of a row in PostgreSQL, where `t.total` would need a table t. */
export function withoutParens(value: unknown): unknown {
  const node = nodeOf(value);
  return node?.kind === "paren" ? withoutParens(node.body["this"]) : value;
}

/** Parts of a table's name, outermost first. */
export function tableParts(table: Body, splitDots: boolean): readonly string[] {
  const parts = [table["catalog"], table["schema"], table["name"]].flatMap((part) => nameOf(part) ?? []);
  return splitDots ? parts.flatMap((part) => part.split(".")) : parts;
}
