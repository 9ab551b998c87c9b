import {
  childFqn,
  fqnOf,
  parseEntityLink,
  parseFqn,
  suiteTable,
  type CreateRequest,
  type EntityType,
  type FQN,
} from "@omd/schema";
import { badRequest, columnFqns } from "./columns.ts";
import type { Body, EntityStore, StoredEntity } from "./entity-store.ts";

/** Where a test case or suite lies, and what it says of that. */
export interface Place {
  readonly parent: StoredEntity | undefined;
  readonly fqn: FQN;
  readonly fields: Body;
}

/** The FQN of a table's own suite. */
export function suiteFqn(table: string): FQN {
  return childFqn(table as FQN, "testSuite");
}

/** A suite that belongs to a table lies below it. Throws CatalogError 404 when there is no such table. */
export function placeSuite(store: EntityStore, given: Body): Place {
  const table = suiteTable(given);
  if (table === undefined) return { parent: undefined, fqn: fqnOf(String(given.name)), fields: { basic: false } };
  const parent = store.liveByFqn("table", table);
  const basicEntityReference = { id: parent.id, type: "table" };
  return { parent, fqn: suiteFqn(parent.fqn), fields: { basic: true, basicEntityReference } };
}

/** A case lies in the suite of the table that its link names. Throws CatalogError 400 and 404. Source: om-api §3.7. */
export function placeCase(store: EntityStore, given: Body): Place {
  const link = String(given.entityLink);
  const table = linkedTable(store, link);
  const entityFQN = linkedPart(table, link);
  const parent = store.liveByFqn("testSuite", suiteFqn(table.fqn));
  return {
    parent,
    fqn: childFqn(entityFQN, String(given.name)),
    fields: { testSuite: { id: parent.id, type: "testSuite" }, entityFQN },
  };
}

/** The request for the suite that a test case needs first, or undefined when it is there or the case can't be placed anyway. */
export function missingSuite(store: EntityStore, given: unknown): CreateRequest<"testSuite"> | undefined {
  const link = parseEntityLink(String((given as { entityLink?: unknown } | null)?.entityLink));
  // Read whole, since the case is placed by them next.
  const isThere = (type: EntityType, fqn: string): boolean => store.byFqn(type, fqn)?.deleted === false;
  if (link?.entityType !== "table" || isThere("testSuite", suiteFqn(link.fqn))) return undefined;
  return isThere("table", link.fqn) ? { name: suiteFqn(link.fqn), basicEntityReference: link.fqn } : undefined;
}

function linkedTable(store: EntityStore, text: string): StoredEntity {
  const link = parseEntityLink(text);
  if (!link) throw badRequest(`Entity link was not formatted correctly: ${text}`);
  if (link.entityType !== "table") throw badRequest(`A test case is about a table, not about a ${link.entityType}`);
  return store.liveByFqn("table", parseFqn(link.fqn));
}

/** The FQN of the column that the link names, else of the table. A name with dots is that of a nested column or of one column. */
function linkedPart(table: StoredEntity, text: string): FQN {
  const link = parseEntityLink(text);
  if (link?.field === undefined) return table.fqn as FQN;
  if (link.field !== "columns" || link.name === undefined) throw badRequest(`Invalid field name ${link.field}`);
  const known = columnFqns(table.body.columns);
  const quotable = link.name.includes('"') ? [] : [childFqn(table.fqn as FQN, link.name)];
  const found = [`${table.fqn}.${link.name}` as FQN, ...quotable].find((fqn) => known.has(fqn));
  if (found === undefined) throw badRequest(`Invalid column name ${link.name}`);
  return found;
}

/** Holds the values of a test case against what its definition asks for. Throws CatalogError 400. */
export function checkParameters({ name, body }: StoredEntity, given: unknown): void {
  const defined = (body.parameterDefinition ?? []) as { name?: string; required?: boolean }[];
  const values = (given ?? []) as { name?: string; value?: string }[];
  for (const value of values) {
    if (!defined.some((parameter) => parameter.name === value.name))
      throw badRequest(`Parameter ${String(value.name)} is not one of the test definition ${name}`);
  }
  for (const parameter of defined) {
    const value = values.find((candidate) => candidate.name === parameter.name)?.value;
    if (parameter.required === true && (value === undefined || value === ""))
      throw badRequest(`Required parameter ${String(parameter.name)} is not passed in parameterValues`);
  }
}
