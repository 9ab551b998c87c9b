import type { CatalogEntity, Resolution } from "@omd/core";
import { encodeName, fqnOf, quoteName } from "@omd/schema";
import type { TableName } from "./dataset-kinds.ts";
import {
  ambiguous,
  distinct,
  namesOf,
  noneHas,
  resolved,
  sameText,
  searchLimit,
  unresolved,
  type ResolverCatalog,
} from "./lookup.ts";

/**
 * Finds the one table that a name means: in the given services, or in all when none are given.
 * An exact spelling is preferred; another case counts only where the source folds case. More than one is no answer.
 * A service of another kind than the URI's counts only when it was given.
 */
export async function findTable(
  catalog: ResolverCatalog,
  name: TableName,
  services: readonly string[],
): Promise<Resolution> {
  const spelled = await exactTables(catalog, name, services);
  const found = spelled.length > 0 ? spelled : await searchedTables(catalog, name, services);
  const ofKind = found.filter((table) => mayBeOfKind(table, name));
  const allowed = services.length > 0 ? found : ofKind;
  const exact = allowed.filter((table) => fits(name, table, false));
  const candidates = exact.length > 0 ? exact : name.foldsCase ? allowed : [];
  const text = nameText(name);
  const [only, second] = candidates;
  if (only && !second) return resolved("table", only);
  if (only) {
    const [chosen, rival] = candidates.filter((table) => ofKind.includes(table));
    return chosen && !rival ? resolved("table", chosen) : ambiguous("tables", text, candidates);
  }
  const others = new Set(
    found.filter((table) => !allowed.includes(table)).map((table) => String(table["serviceType"])),
  );
  const besides = others.size > 0 ? `, apart from services of another kind (${[...others].sort().join(", ")})` : "";
  return unresolved(`${noneHas("database", services, text)}${besides}`, await nearestTables(catalog, name, found));
}

/** One cheap request a service, where the name is whole. */
async function exactTables(
  catalog: ResolverCatalog,
  { database, schema, table }: TableName,
  services: readonly string[],
): Promise<CatalogEntity[]> {
  if (database === undefined || schema === undefined) return [];
  const found = await Promise.all(
    services.map((service) => catalog.get("table", fqnOf(service, ...[database, schema, table].map(encodeName)))),
  );
  return found.filter((entity) => entity !== undefined).filter((entity) => entity.deleted !== true);
}

async function searchedTables(
  catalog: ResolverCatalog,
  name: TableName,
  services: readonly string[],
): Promise<CatalogEntity[]> {
  const path = [name.database, name.schema, name.table].map((part) =>
    part === undefined ? "*" : quoteName(encodeName(part)),
  );
  const found = await Promise.all(
    (services.length > 0 ? services.map(quoteName) : ["*"]).map((service) =>
      catalog.search("table", { pattern: [service, ...path].join("."), limit: searchLimit }),
    ),
  );
  // A `*` also runs over dots, so the parts are compared one by one.
  return distinct(found.flat().filter((table) => fits(name, table, true)));
}

function fits(name: TableName, entity: CatalogEntity, foldsCase: boolean): boolean {
  const parts = namesOf(entity.fullyQualifiedName);
  const wanted = [undefined, name.database, name.schema, name.table];
  return (
    parts.length === wanted.length &&
    wanted.every((part, at) => part === undefined || sameText(encodeName(part), parts[at] ?? "", foldsCase))
  );
}

/** Tables of the same name elsewhere, those in the same schema and database first. */
async function nearestTables(
  catalog: ResolverCatalog,
  name: TableName,
  found: readonly CatalogEntity[],
): Promise<string[]> {
  const sameName = await catalog.search("table", {
    field: "name",
    pattern: encodeName(name.table),
    limit: searchLimit,
  });
  const score = (fqn: string) => {
    const [, database = "", schema = ""] = namesOf(fqn);
    return (
      (name.schema !== undefined && sameText(schema, name.schema, true) ? 2 : 0) +
      (name.database !== undefined && sameText(database, name.database, true) ? 1 : 0)
    );
  };
  const fqns = distinct([...found, ...sameName]).map((table) => String(table.fullyQualifiedName));
  return fqns.sort((a, b) => score(b) - score(a) || (a < b ? -1 : 1));
}

/** False only for a table of a service that is known to be of another kind. */
function mayBeOfKind(table: CatalogEntity, { serviceTypes }: TableName): boolean {
  const type = table["serviceType"];
  if (typeof type !== "string" || serviceTypes.length === 0) return true;
  return type === "CustomDatabase" || serviceTypes.includes(type);
}

function nameText({ database, schema, table }: TableName): string {
  return [database, schema, table]
    .map((part) => part ?? "*")
    .join(".")
    .replace(/^(?:\*\.)+/, "");
}
