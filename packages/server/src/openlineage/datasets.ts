import type { CatalogEntity, Resolution } from "@omd/core";
import { awaitedNames, NamespaceServices, parseDataset, type AwaitedName } from "@omd/lineage";
import { fqnOf, quoteName, type EntityReference } from "@omd/schema";
import { z } from "zod";
import type { Dataset } from "./event.ts";
import { facet } from "./placing.ts";

const symlinksFacet = z.looseObject({
  identifiers: z.array(z.looseObject({ namespace: z.string(), name: z.string(), type: z.string().nullish() })),
});
const columnLineageFacet = z.looseObject({
  fields: z.record(
    z.string(),
    z.looseObject({
      inputFields: z.array(z.looseObject({ namespace: z.string(), name: z.string(), field: z.string() })),
    }),
  ),
});

/** The scheme of names in the catalog. */
const own = "x-omd:";

/** A dataset that the catalog has, with its columns by name. */
export interface FoundDataset {
  readonly reference: EntityReference;
  readonly columns: ReadonlyMap<string, string>;
}

export type DatasetAnswer =
  | { readonly kind: "found"; readonly found: FoundDataset }
  | {
      readonly kind: "missing";
      readonly name: string;
      readonly reason: string;
      readonly nearest: readonly string[];
      /** It can't be found before an entity of one of these names comes. */
      readonly awaits: readonly AwaitedName[];
    };

/** One column of an output and those it is made of. */
export interface ColumnOrigin {
  readonly column: string;
  readonly from: readonly { readonly namespace: string; readonly name: string; readonly field: string }[];
}

/** How people read it: namespace and name. */
export function datasetText({ namespace, name }: { namespace: string; name: string }): string {
  return name.startsWith("/") || namespace.endsWith("/") ? `${namespace}${name}` : `${namespace}/${name}`;
}

/** One name to look a dataset up by. */
export interface DatasetUri {
  readonly uri: string;
  /** Names of the services to look in; empty: all. */
  readonly services: readonly string[];
}

/** The URIs that may name a dataset, best first: a table that it stands for, itself, other names. */
export function datasetUris(dataset: Dataset, namespaces = new NamespaceServices()): DatasetUri[] {
  const links = facet(symlinksFacet, dataset.facets, "symlinks")?.identifiers ?? [];
  const tables = links.filter((link) => link.type?.toUpperCase() === "TABLE");
  const others = links.filter((link) => !tables.includes(link));
  const uris = [...tables, dataset, ...others].flatMap((named) => urisIn(named, namespaces.of(named.namespace)));
  return [...new Map(uris.map((one) => [`${one.uri} ${one.services.join()}`, one])).values()];
}

/** In a namespace that tells nothing but is said to mean a service, a name may be below it in any of the ways that entities are named. */
function urisIn(named: { namespace: string; name: string }, services: readonly string[]): DatasetUri[] {
  const uri = uriOf(named);
  if (services.length === 0 || (!uri.startsWith(own) && parseDataset(uri).kind !== "unknown"))
    return [{ uri, services }];
  const { name } = named;
  const below = services.map((service) => fqnOf(service));
  const paths = name.includes('"') ? [name] : [name, quoteName(name)];
  const names = [
    ...below.flatMap((service) => [...paths, `default.${name}`].map((path) => `${service}.${path}`)),
    name,
  ];
  return names.map((text) => ({ uri: `${own}${safeName(text)}`, services }));
}

/** The column lineage that an output tells; empty without any. */
export function columnOrigins(output: Dataset): ColumnOrigin[] {
  const fields = facet(columnLineageFacet, output.facets, "columnLineage")?.fields ?? {};
  return Object.entries(fields).map(([column, { inputFields }]) => ({ column, from: inputFields }));
}

/** Looks a dataset up under all of its names. */
export async function findDataset(
  dataset: Dataset,
  resolve: (name: DatasetUri) => Promise<Resolution>,
  read: (type: string, fqn: string) => Promise<CatalogEntity | undefined>,
  namespaces?: NamespaceServices,
): Promise<DatasetAnswer> {
  let reason = "";
  let nearest: readonly string[] = [];
  const uris = datasetUris(dataset, namespaces);
  for (const name of uris) {
    const answer = await resolve(name);
    if (answer.kind === "unresolved") {
      if (reason === "") ({ reason, nearest } = answer);
      continue;
    }
    const { entityType, fqn } = answer.entity;
    const entity = await read(entityType, fqn);
    if (entity)
      return { kind: "found", found: { reference: { id: entity.id, type: entityType }, columns: columnsOf(entity) } };
  }
  return {
    kind: "missing",
    name: datasetText(dataset),
    reason: reason || "it went while it was looked up",
    nearest,
    awaits: uris.flatMap(({ uri }) => awaitedNames(uri)),
  };
}

/** The fields to ask for of an entity whose columns are wanted; a table has a `dataModel` of another kind. */
export function columnFields(type: string): string[] {
  if (type === "table") return ["columns"];
  return type === "container" ? ["dataModel"] : [];
}

/** FQN of a column by its name, or by its name in another case. */
export function columnFqn({ columns }: FoundDataset, name: string): string | undefined {
  return columns.get(name) ?? columns.get(name.toLowerCase());
}

/** Namespaces are URIs but for `file`, `bigquery` and the like, and names that mean a service of the catalog. */
function uriOf({ namespace, name }: { namespace: string; name: string }): string {
  const safe = safeName(name).replace(/^\/+/, "");
  if (namespace.startsWith("arn:")) return `${namespace}/${safe}`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(namespace)) return `${namespace.replace(/\/+$/, "")}/${safe}`;
  if (/^(?:file|dbfs)$/i.test(namespace)) return `${namespace}:///${safe}`;
  if (/^[a-z][a-z0-9+-]*$/i.test(namespace) && knownWords.has(namespace.toLowerCase())) return `${namespace}:${safe}`;
  return `${own}${namespace}.${name}`;
}

/** Marks that would end a URI's path belong to the name here. */
function safeName(name: string): string {
  return name.replaceAll(/[%?#]/g, (mark) => encodeURIComponent(mark));
}

const knownWords: ReadonlySet<string> = new Set(["bigquery", "glue", "awsglue", "hive", "sqlite", "kafka"]);

function columnsOf(entity: CatalogEntity): Map<string, string> {
  const found = new Map<string, string>();
  const collect = (columns: unknown, prefix: string): void => {
    if (!Array.isArray(columns)) return;
    for (const column of columns as { name?: unknown; fullyQualifiedName?: unknown; children?: unknown }[]) {
      if (typeof column.name !== "string" || typeof column.fullyQualifiedName !== "string") continue;
      const path = `${prefix}${column.name}`;
      found.set(path, column.fullyQualifiedName);
      if (!found.has(path.toLowerCase())) found.set(path.toLowerCase(), column.fullyQualifiedName);
      collect(column.children, `${path}.`);
    }
  };
  collect(entity["columns"], "");
  collect((entity["dataModel"] as { columns?: unknown } | undefined)?.columns, "");
  return found;
}
