import { columnPath, isBody, listOf, nameOf, namesOf, nodeOf, withoutParens, type Body } from "./ast.ts";
import { choiceOf, choiceTest } from "./choice.ts";
import { columnValue, readValue } from "./expression.ts";
import type { Reading } from "./reading.ts";
import { unknownFields } from "./row.ts";
import { columnNamed, nothing, sameName, type Column, type Rest, type Rowset } from "./rowset.ts";
import type { Relation, Scope } from "./scope.ts";

/** The columns of an expression that stands for several: a star or a choice of columns. */
export function readSeveral(expression: unknown, scope: Scope, reading: Reading): Rowset | undefined {
  const star = starOf(expression);
  if (star) return readStar(star, scope, reading);
  const choice = choiceOf(nodeOf(expression), reading.rules);
  const inner = starOf(choice?.[0]);
  if (inner) return readStar(inner, scope, reading);
  const fits = choiceTest(choice?.[0]);
  return choice && fits ? fitting(everything(scope), fits) : undefined;
}

function fitting(all: Rowset, fits: (name: string) => boolean): Rowset {
  const columns = all.columns.filter(({ name }) => name !== undefined && fits(name));
  const rests = all.rests.map((rest): Rest => ({
    ...rest,
    find: (name) => (fits(name) ? rest.find(name) : undefined),
  }));
  return { columns, rests };
}

/** The star that an expression is: `*`, `t.*` or `(expression).*`. */
function starOf(expression: unknown): Body | undefined {
  const node = nodeOf(expression);
  if (node?.kind === "star") return node.body;
  return node?.kind === "dot" && nameOf(node.body["field"]) === "*" ? node.body : undefined;
}

/** The columns of a star, as its `except`, `replace` and `rename` shape them. */
function readStar(star: Body, scope: Scope, reading: Reading): Rowset {
  const all = starred(star, scope, reading);
  const except = [...namesOf(star["except"]), ...namesOf(star["exclude"])];
  const replaced = listOf(star["replace"]).filter(isBody);
  const replacements = replaced.flatMap((each): Column[] => {
    const alias = nodeOf(each)?.body ?? each;
    const name = nameOf(alias["alias"]);
    return name === undefined ? [] : [{ ...readValue(alias["this"], scope, reading), name }];
  });
  const renames = listOf(star["rename"]).flatMap((pair): [string, string][] => {
    const [from, to] = listOf(pair).map(nameOf);
    return from !== undefined && to !== undefined ? [[from, to]] : [];
  });
  return shaped(all, { except, replacements, renames });
}

interface Shape {
  readonly except: readonly string[];
  readonly replacements: readonly Column[];
  readonly renames: readonly (readonly [string, string])[];
}

function shaped(all: Rowset, { except, replacements, renames }: Shape): Rowset {
  const gone = (name: string | undefined): boolean => except.some((each) => sameName(name, each));
  const columns = all.columns
    .filter(({ name }) => !gone(name))
    .map((column) => (column.name === undefined ? undefined : columnNamed(replacements, column.name)) ?? column)
    .map((column) => ({ ...column, name: renames.find(([from]) => sameName(column.name, from))?.[1] ?? column.name }));
  if (all.rests.length === 0) return { columns, rests: [] };
  for (const replacement of replacements) if (!columns.includes(replacement)) columns.push(replacement);
  const rests = all.rests.map((rest): Rest => {
    const find = (name: string): ReturnType<Rest["find"]> => {
      const old = renames.find(([, to]) => sameName(to, name))?.[0];
      if (old !== undefined) return rest.find(old);
      return gone(name) || renames.some(([from]) => sameName(from, name)) ? undefined : rest.find(name);
    };
    return { ...rest, find };
  });
  return { columns, rests };
}

/** `*`: what JOIN … USING has made one comes once. */
function everything(scope: Scope): Rowset {
  const columns: Column[] = [];
  const rests: Rest[] = [];
  const given = new Set<string>();
  for (const { rowset, hidden } of scope.relations) {
    if (hidden) continue;
    for (const column of rowset.columns) {
      const merged = column.name === undefined ? undefined : columnNamed(scope.merged, column.name);
      if (merged && given.has(merged.name)) continue;
      if (merged) given.add(merged.name);
      columns.push(merged ? { ...column, ...merged, name: column.name } : column);
    }
    rests.push(...rowset.rests.filter((rest) => !rest.named));
  }
  return { columns, rests };
}

/** All that the star stands for, before it is shaped: columns of a table, or fields of a value. */
function starred(star: Body, scope: Scope, reading: Reading): Rowset {
  const [table, whole] = [nameOf(star["table"]), withoutParens(star["this"])];
  if (table === undefined && !isBody(whole)) return everything(scope);
  const path = table === undefined ? columnPath(whole) : scope.relation([table]) ? [table] : table.split(".");
  const relation = path && scope.relationAround(path);
  if (relation) return ofRelation(relation, reading);
  const value = path ? columnValue(path, scope, reading) : readValue(whole, scope, reading);
  return value?.row ?? unknownFields(value?.from ?? nothing);
}

/** In BigQuery the alias of an unnested array is the element, and only a struct has a star. */
function ofRelation({ alias, rowset }: Relation, { rules }: Reading): Rowset {
  const element = alias === undefined ? undefined : columnNamed(rowset.columns, alias);
  const isElement = rules.parser === "bigquery" && element && rowset.rests.some((rest) => rest.weak);
  return isElement ? (element.row ?? unknownFields(element.from)) : rowset;
}
