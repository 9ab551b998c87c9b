import { columnPath, isBody, listOf, nameOf, namesOf, nodeOf, type AstNode } from "./ast.ts";
import { choiceOf } from "./choice.ts";
import { hiddenByStar, unreadChoice, withoutProblems, type Reading } from "./reading.ts";
import { rowField, rowOf } from "./row.ts";
import { nothing, together, type Origins, type Value } from "./rowset.ts";
import { Scope } from "./scope.ts";

const queries = new Set(["select", "union", "intersect", "except", "subquery"]);

/** The parser reads the unit of `datediff(day, a, b)` as a column in some dialects. */
const units = /^(?:(?:micro|milli)?second|minute|hour|day|week|month|quarter|year|dayofyear)s?$/i;
const takesUnit = /^(?:date|time|timestamp|datetime)_?(?:add|sub|diff)$/i;

/** Where the value of an expression comes from: all columns that it reads, but not those that only choose rows. */
export function readOrigins(expression: unknown, scope: Scope, reading: Reading): Origins {
  return new ExpressionReader(scope, reading).read(expression);
}

/** A column handed on keeps what made it; anything else was made here. */
export function readValue(expression: unknown, scope: Scope, reading: Reading): Value {
  const path = columnPath(expression);
  const value = path
    ? (columnValue(path, scope, reading) ?? { from: nothing })
    : { from: readOrigins(expression, scope, reading), made: expression };
  const row = reading.rules.rowsAsValues && !value.row ? rowOf(expression, scope) : undefined;
  return row ? { ...value, row } : value;
}

/** A column handed on, or a field of it; undefined where no table has it. */
export function columnValue(path: readonly string[], scope: Scope, reading: Reading): Value | undefined {
  const answer = scope.column(path);
  if (answer.kind === "ambiguous") {
    reading.problems.push({ reason: "ambiguous-column", message: `${path.join(".")} could be of more than one table` });
  }
  if (answer.kind !== "found") return undefined;
  if (answer.doubt) reading.doubts = true;
  if (answer.value.hidden) reading.problems.push(hiddenByStar);
  return answer.value;
}

class ExpressionReader {
  readonly #scope: Scope;
  readonly #reading: Reading;

  constructor(scope: Scope, reading: Reading) {
    this.#scope = scope;
    this.#reading = reading;
  }

  read(value: unknown): Origins {
    if (Array.isArray(value)) return together(value.map((each) => this.read(each)));
    if (!isBody(value)) return nothing;
    const node = nodeOf(value);
    return node ? this.#node(node, value) : this.#parts(Object.entries(value));
  }

  #node(node: AstNode, whole: unknown): Origins {
    const { kind, body } = node;
    if (queries.has(kind)) return this.#query(whole);
    if (kind === "column" || kind === "dot") {
      const path = columnPath(whole);
      if (path) return columnValue(path, this.#scope, this.#reading)?.from ?? nothing;
      const field = this.#reading.rules.rowsAsValues ? rowField(whole, this.#scope) : undefined;
      return field?.from ?? this.read(body["this"]);
    }
    if (kind === "exists") {
      withoutProblems(this.#reading, () => this.read(body["this"]));
      return nothing;
    }
    if (kind === "lambda") {
      const inner = new Scope(this.#scope, namesOf(body["parameters"]));
      return readOrigins(body["body"], inner, this.#reading);
    }
    if (choiceOf(node, this.#reading.rules)) {
      this.#reading.problems.push(unreadChoice);
      return nothing;
    }
    const args = kind === "function" && takesUnit.test(nameOf(body) ?? "") ? listOf(body["args"]) : [];
    if (args.length > 2 && isUnit(args[0])) return this.read(args.slice(1));
    return this.#parts(Object.entries(body));
  }

  #parts(parts: readonly (readonly [string, unknown])[]): Origins {
    return together(
      parts.map(([key, part]) => {
        if (key === "window_name") return this.read(this.#scope.window(nameOf(part) ?? ""));
        if (key !== "filter") return this.read(part);
        withoutProblems(this.#reading, () => this.read(part));
        return nothing;
      }),
    );
  }

  #query(query: unknown): Origins {
    return together(this.#reading.query(query, this.#scope, this.#reading).columns.map(({ from }) => from));
  }
}

function isUnit(argument: unknown): boolean {
  const path = columnPath(argument);
  return path?.length === 1 && units.test(path[0] ?? "");
}
