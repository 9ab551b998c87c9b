import type { CatalogEntity } from "@omd/core";
import { childFqn, entityLink, type Column, type FQN } from "@omd/schema";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "../src/embedded/embedded-catalog.ts";
import { addSchema, addTable } from "./catalog-fixture.ts";

/** A column of each kind that has a name of its own: nested, with a dot, and with a secret. */
export const manyColumns: Column[] = [
  { name: "id", dataType: "INT" },
  { name: "address", dataType: "STRUCT", children: [{ name: "city", dataType: "STRING" }] },
  { name: "a.b", dataType: "STRING" },
  { name: "password", dataType: "STRING" },
];

export interface Shop {
  readonly catalog: EmbeddedCatalog;
  readonly schema: FQN;
  readonly table: CatalogEntity;
}

/** Epoch ms of the first of April 2026, 12:00 UTC: the clock of these catalogs. */
export const noon = 1_775_044_800_000;

/** A catalog in memory with the table `my.svc.shop.main.orders`. */
export async function openShop(clock: () => number = () => noon): Promise<Shop> {
  const catalog = openEmbeddedCatalog({ file: ":memory:", clock });
  const schema = await addSchema(catalog, "my.svc");
  return { catalog, schema, table: await addTable(catalog, schema, "orders", manyColumns) };
}

/** A test definition and a test case on a column of the table. */
export async function addTestCase({ catalog, table }: Shop, name = "id_unique"): Promise<CatalogEntity> {
  await catalog.put("testDefinition", { name: "isUnique", entityType: "COLUMN", testPlatforms: ["dbt"] });
  const link = entityLink("table", table.fullyQualifiedName, "columns", "id");
  return (await catalog.put("testCase", { name, testDefinition: "isUnique", entityLink: link })).entity;
}

/** A query of the service that holds the table. */
export async function addQuery({ catalog }: Shop): Promise<CatalogEntity> {
  return (await catalog.put("query", { query: "select 1", service: "my.svc" })).entity;
}

export function columnFqn({ table }: Shop, ...names: string[]): FQN {
  return childFqn(table.fullyQualifiedName, ...names);
}
