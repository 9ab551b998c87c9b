import type { Catalog, CatalogEntity } from "@omd/core";
import { fqnOf, type Column, type EntityReference, type EntityType, type FQN, type TagLabel } from "@omd/schema";

/** What every test of the suite may build on; names are new for each, so that a server may be shared. */
export interface Names {
  readonly service: string;
  readonly pipelines: string;
}

let counter = 0;

/** Names that nobody used before. */
export function freshNames(): Names {
  counter += 1;
  const run = `${Date.now().toString(36)}${counter}`;
  return { service: `db.${run}`, pipelines: `pipes_${run}` };
}

/** A database service, a database, a schema; answers the schema's FQN. */
export async function addSchema(catalog: Catalog, service: string): Promise<FQN> {
  await catalog.put("databaseService", { name: service, serviceType: "Mysql" });
  await catalog.put("database", { name: "shop", service });
  await catalog.put("databaseSchema", { name: "main", database: fqnOf(service, "shop") });
  return fqnOf(service, "shop", "main");
}

export const id: Column = { name: "id", dataType: "INT" };
export const mail: Column = { name: "mail", dataType: "VARCHAR", dataLength: 20 };

/** A table with the columns `id` and `mail`. */
export async function addTable(
  catalog: Catalog,
  databaseSchema: FQN,
  name: string,
  columns: Column[] = [id, mail],
): Promise<CatalogEntity> {
  return (await catalog.put("table", { name, databaseSchema, columns })).entity;
}

/** A pipeline service and a pipeline with the tasks `extract` → `load`. */
export async function addPipeline(catalog: Catalog, service: string, name = "daily"): Promise<CatalogEntity> {
  await catalog.put("pipelineService", { name: service, serviceType: "Airflow" });
  const tasks = [{ name: "extract", downstreamTasks: ["load"] }, { name: "load" }];
  return (await catalog.put("pipeline", { name, service, tasks })).entity;
}

export function ref(type: EntityType, entity: CatalogEntity): EntityReference {
  return { id: entity.id, type };
}

export function label(tagFQN: string): TagLabel {
  return { tagFQN, source: "Classification", labelType: "Automated", state: "Confirmed" };
}

/** A classification with one tag; answers the tag's FQN. */
export async function addTag(catalog: Catalog, classification: string, tag: string): Promise<FQN> {
  await catalog.put("classification", { name: classification, description: "of a test" });
  await catalog.put("tag", { name: tag, description: "a tag", classification });
  return fqnOf(classification, tag);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
