import { Refusal } from "../answers.ts";
import { bare, parseQueryString, type Predicate } from "./query-string.ts";
import { hasWords, wildcard, wordsOf } from "./text-match.ts";

type Clause = Readonly<Record<string, unknown>>;

/** Where words without a field are looked for. */
export const defaultFields = [
  "name",
  "displayName",
  "fullyQualifiedName",
  "description",
  "email",
  "columns.name",
  "tasks.name",
  "tags.tagFQN",
];

/**
 * Compiles an Elasticsearch query: bool, term, terms, exists, wildcard, prefix, match, match_phrase, query_string, ids, match_all,
 * match_none, nested. Throws Refusal 400 for any other.
 */
export function compileQuery(query: unknown): Predicate {
  const [name, body] = single(query);
  const compile = compilers[name];
  if (!compile) throw new Refusal(400, `unknown query [${name}]`);
  return compile(body);
}

const compilers: Readonly<Record<string, (body: unknown) => Predicate>> = {
  match_all: () => () => true,
  match_none: () => () => false,
  bool: (body) => bool(object(body)),
  nested: (body) => compileQuery(object(body)["query"]),
  constant_score: (body) => compileQuery(object(body)["filter"]),
  exists: (body) => {
    const field = bare(String(object(body)["field"]));
    return (document) => document.values(field).length > 0;
  },
  term: (body) => {
    const [field, value] = fieldValue(body, "value");
    return terms(field, [value]);
  },
  terms: (body) => {
    const [field, values] = single(withoutBoost(object(body)));
    if (!Array.isArray(values)) throw new Refusal(400, "[terms] query requires a list");
    return terms(field, values);
  },
  ids: (body) => terms("id", list(object(body)["values"])),
  wildcard: (body) => pattern(...fieldValue(body, "value", "wildcard")),
  prefix: (body) => {
    const [field, value] = fieldValue(body, "value");
    return pattern(field, `${String(value).replaceAll(/[\\*?]/g, String.raw`\$&`)}*`);
  },
  match: (body) => match(body),
  match_phrase: (body) => {
    const [field, value] = fieldValue(body, "query");
    return (document) => document.values(bare(field)).some((given) => hasWords(String(given), String(value)));
  },
  query_string: (body) => {
    const { query, fields, default_operator: operator } = object(body);
    return parseQueryString(typeof query === "string" ? query : "", {
      fields: Array.isArray(fields) ? fields.map(String) : defaultFields,
      defaultOperator: String(operator).toUpperCase() === "AND" ? "AND" : "OR",
    });
  },
};

function bool(body: Clause): Predicate {
  const compiled = (name: string): Predicate[] => list(body[name] ?? []).map(compileQuery);
  const must = [...compiled("must"), ...compiled("filter")];
  const not = compiled("must_not");
  const should = compiled("should");
  const least = body["minimum_should_match"];
  const wanted = least === undefined ? (must.length === 0 && should.length > 0 ? 1 : 0) : Number(least);
  return (document) =>
    must.every((test) => test(document)) &&
    !not.some((test) => test(document)) &&
    (wanted === 0 || should.filter((test) => test(document)).length >= wanted);
}

/** Fields that OpenMetadata's index keeps in lower case. */
const lowered: ReadonlySet<string> = new Set(["fullyQualifiedName", "name", "displayName", "email"]);

function terms(field: string, values: readonly unknown[]): Predicate {
  const path = bare(field);
  const fold = (value: unknown): string => (lowered.has(path) ? String(value).toLowerCase() : String(value));
  const wanted = new Set(values.map(fold));
  return (document) => document.values(path).some((value) => wanted.has(fold(value)));
}

function pattern(field: string, value: unknown): Predicate {
  const matches = wildcard(String(value), true);
  return (document) => document.values(bare(field)).some((given) => matches.test(String(given)));
}

function match(body: unknown): Predicate {
  const [field, value] = fieldValue(body, "query");
  const options = Object.values(object(body))[0] as Clause | undefined;
  const all = String(options?.["operator"]).toLowerCase() === "and";
  if (field.endsWith(".keyword") || typeof value !== "string") return terms(field, [value]);
  const words = wordsOf(value);
  return (document) =>
    document.values(bare(field)).some((given) => {
      const known = new Set(wordsOf(String(given)));
      return all ? words.every((word) => known.has(word)) : words.some((word) => known.has(word));
    });
}

function object(value: unknown): Clause {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Clause;
  throw new Refusal(400, "A query must be a JSON object");
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function single(value: unknown): readonly [name: string, body: unknown] {
  const entries = Object.entries(object(value));
  const [first] = entries;
  if (!first || entries.length > 1) throw new Refusal(400, "A query must hold exactly one clause");
  return first;
}

function withoutBoost(body: Clause): Clause {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "boost" && name !== "_name"));
}

/** `{field: value}` or `{field: {<key>: value}}`. */
function fieldValue(body: unknown, ...keys: readonly string[]): [field: string, value: unknown] {
  const [field, value] = single(withoutBoost(object(body)));
  if (typeof value !== "object" || value === null) return [field, value];
  const key = keys.find((name) => Object.hasOwn(value, name));
  if (key === undefined) throw new Refusal(400, `[${field}] needs ${keys.join(" or ")}`);
  return [field, (value as Clause)[key]];
}
