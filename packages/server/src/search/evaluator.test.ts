import { expect, test } from "@jest/globals";
import type { Document } from "./documents.ts";
import { compileQuery } from "./evaluator.ts";
import { narrowing } from "./narrowing.ts";

const fields: Readonly<Record<string, readonly unknown[]>> = {
  name: ["Orders"],
  displayName: ["All orders of the shop"],
  fullyQualifiedName: ["lite.shop.main.Orders"],
  tableType: ["View"],
  deleted: [false],
  "service.name": ["lite"],
  "tags.tagFQN": ["PII.Sensitive", "Tier.Tier1"],
  email: ["jane+shop@example.com"],
};
const document: Document = { values: (path) => fields[path] ?? [] };
const matches = (query: unknown): boolean => compileQuery(query)(document);
const words = (query: string, more = {}): boolean =>
  matches({ query_string: { query, fields: ["name", "displayName"], ...more } });

test("term and terms compare whole values", () => {
  expect(matches({ term: { tableType: "View" } })).toBe(true);
  expect(matches({ term: { tableType: { value: "View" } } })).toBe(true);
  expect(matches({ term: { tableType: "view" } })).toBe(false);
  expect(matches({ term: { "name.keyword": "orders" } })).toBe(true);
  expect(matches({ term: { deleted: false } })).toBe(true);
  expect(matches({ term: { processedLineage: false } })).toBe(false);
  expect(matches({ terms: { "tags.tagFQN": ["Tier.Tier1", "Tier.Tier2"] } })).toBe(true);
  expect(matches({ terms: { "tags.tagFQN": ["Tier.Tier2"] } })).toBe(false);
});

test("bool joins: must, must_not, should", () => {
  const yes = { match_all: {} };
  const no = { match_none: {} };
  expect(matches({ bool: { must: [yes], must_not: [no] } })).toBe(true);
  expect(matches({ bool: { must: [yes, no] } })).toBe(false);
  expect(matches({ bool: { must_not: yes } })).toBe(false);
  expect(matches({ bool: { should: [no, yes] } })).toBe(true);
  expect(matches({ bool: { should: [no, no] } })).toBe(false);
  expect(matches({ bool: { must: [yes], should: [no] } })).toBe(true);
  expect(matches({ bool: { must: [yes], should: [no], minimum_should_match: 1 } })).toBe(false);
  expect(matches({ bool: { filter: [yes], should: [yes, no], minimum_should_match: 2 } })).toBe(false);
});

test("exists, wildcard, prefix and match", () => {
  expect(matches({ exists: { field: "tableType" } })).toBe(true);
  expect(matches({ exists: { field: "schemaDefinition" } })).toBe(false);
  expect(matches({ wildcard: { fullyQualifiedName: { value: "LITE.*.ord?rs" } } })).toBe(true);
  expect(matches({ wildcard: { fullyQualifiedName: "lite.*" } })).toBe(true);
  expect(matches({ wildcard: { fullyQualifiedName: "shop.*" } })).toBe(false);
  expect(matches({ prefix: { name: "ord" } })).toBe(true);
  expect(matches({ match: { displayName: "shop missing" } })).toBe(true);
  expect(matches({ match: { displayName: { query: "shop missing", operator: "and" } } })).toBe(false);
  expect(matches({ match_phrase: { displayName: "of the shop" } })).toBe(true);
  expect(matches({ match_phrase: { displayName: "the of shop" } })).toBe(false);
});

test("query_string: operators, fields, phrases, escapes", () => {
  expect(words("orders")).toBe(true);
  expect(words("order")).toBe(false);
  expect(words("ord*")).toBe(true);
  expect(words("shop AND missing")).toBe(false);
  expect(words("shop OR missing")).toBe(true);
  expect(words("shop missing")).toBe(true);
  expect(words("shop missing", { default_operator: "AND" })).toBe(false);
  expect(words("NOT missing")).toBe(true);
  expect(words("shop -orders")).toBe(false);
  expect(words('"of the shop"')).toBe(true);
  expect(words('"shop the of"')).toBe(false);
  expect(words("(missing OR shop) AND tableType:View")).toBe(true);
  expect(words("shop AND tableType:Table")).toBe(false);
  expect(words("email.keyword:jane\\+shop@example.com")).toBe(true);
  expect(words("email.keyword:jane.shop@example.com")).toBe(false);
  expect(words('email.keyword:"jane+shop@example.com"')).toBe(true);
  expect(words("tableType:*")).toBe(true);
  expect(words("schemaDefinition:*")).toBe(false);
  expect(words("a\\-b\\/c")).toBe(false);
  expect(words("deleted:false")).toBe(true);
});

test("what can't be read is refused", () => {
  for (const query of [
    {},
    [],
    { guess: {} },
    { term: 5 },
    { term: { a: 1, b: 2 } },
    { wildcard: { name: {} } },
    { terms: { a: 1 } },
  ])
    expect(() => compileQuery(query)).toThrow(expect.objectContaining({ status: 400 }));
  for (const text of ["(a", "a)", "name:"]) expect(() => words(text)).toThrow(expect.objectContaining({ status: 400 }));
});

test("a query may go 50 levels deep, whatever makes it deep", () => {
  for (const open of ["(", "NOT ", "-", "name:", "(a OR ("]) {
    const deep = (times: number) => words(`${open.repeat(times)}a${")".repeat(times * (open.split("(").length - 1))}`);
    expect(() => deep(20)).not.toThrow();
    const refused = { status: 400, message: expect.stringContaining("50 levels") };
    for (const times of [51, 3_000]) expect(() => deep(times)).toThrow(expect.objectContaining(refused));
  }
  // Beside each other there may be as many as one likes.
  expect(words("(missing) OR NOT orders OR ".repeat(500) + "shop")).toBe(true);
});

test("a filter is as deep as a target can be long", () => {
  let query: unknown = { match_all: {} };
  for (let depth = 0; depth < 1_200; depth += 1) query = { bool: { must: [query] } };
  expect(matches(query)).toBe(true);
  expect(narrowing(query)).toEqual({});
});

test("narrowing takes only what every hit must fulfil", () => {
  const service = { term: { "service.name.keyword": "my.lite" } };
  const view = { bool: { should: [{ term: { tableType: "View" } }, { term: { tableType: "Stream" } }] } };
  expect(narrowing({ bool: { must: [service, { bool: { must: [view] } }] } })).toEqual({
    below: '"my.lite"',
    views: true,
  });
  expect(narrowing({ bool: { must: [{ bool: { should: [service] } }] } })).toEqual({ below: '"my.lite"' });
  expect(narrowing({ bool: { should: [service, view] } })).toEqual({});
  expect(narrowing({ bool: { must_not: [service] } })).toEqual({});
  expect(narrowing({ bool: { must: [{ match_all: {} }], should: [service] } })).toEqual({});
  expect(narrowing({ term: { tableType: "Regular" } })).toEqual({});
  expect(narrowing({ terms: { "service.name": ["a", "b"] } })).toEqual({});
});
