import type { DatabaseTable } from "./dbt-expected.ts";
import { dataTypeOf, service } from "./dbt-expected.ts";

type Json = Record<string, unknown>;

/** Requests below `/api/v1` of a server; `url` is `http://127.0.0.1:PORT`. */
export class ServedCatalog {
  readonly #url: string;
  constructor(url: string) {
    this.#url = url;
  }

  async call(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return text === "" ? {} : (JSON.parse(text) as Json);
  }

  put(path: string, body: Json): Promise<Json> {
    return this.call("PUT", path, body);
  }
}

/** What people made before dbt came: whom and what the project's `meta` and exposures name. */
export async function addCurated(catalog: ServedCatalog): Promise<void> {
  for (const name of ["ana", "bob"]) await catalog.put("/users", { name, email: `${name}@example.org` });
  await catalog.put("/teams", { name: "sales_desk_team", teamType: "Group" });
  await catalog.put("/domains", { name: "Trade", domainType: "Source-aligned", description: "Buying and selling" });
  await catalog.put("/glossaries", { name: "Shop", description: "Words of the shop" });
  for (const name of ["Sale", "Revenue"])
    await catalog.put("/glossaryTerms", { name, glossary: "Shop", description: `${name} in the shop` });
  await catalog.put("/classifications", { name: "Sensitivity", description: "Who may see it" });
  await catalog.put("/tags", { name: "Internal", classification: "Sensitivity", description: "Stays here" });
  await catalog.put("/services/dashboardServices", { name: "bi", serviceType: "Looker" });
  await catalog.put("/dashboards", { name: "weekly", service: "bi" });
  await catalog.put("/services/mlmodelServices", { name: "models", serviceType: "Mlflow" });
  await catalog.put("/mlmodels", { name: "stock", service: "models", algorithm: "regression" });
  const [table, text] = await Promise.all(
    ["table", "string"].map((name) => catalog.call("GET", `/metadata/types/name/${name}`)),
  );
  await catalog.put(`/metadata/types/${String(table?.["id"])}`, {
    name: "costCentre",
    description: "Who pays",
    propertyType: { id: text?.["id"], type: "type" },
  });
}

/** The tables of a database, as a connector of that database writes them. */
export async function addTables(
  catalog: ServedCatalog,
  serviceType: string,
  tables: Iterable<DatabaseTable>,
): Promise<void> {
  await catalog.put("/services/databaseServices", { name: service, serviceType });
  const made = new Set<string>();
  const once = async (key: string, path: string, body: Json): Promise<void> => {
    if (!made.has(key)) await catalog.put(path, body);
    made.add(key);
  };
  const quoted = (name: string): string => (/[."]/.test(name) ? `"${name}"` : name);
  for (const { database, schema, name, kind, columns } of tables) {
    const parent = `${service}.${quoted(database)}`;
    await once(parent, "/databases", { name: database, service });
    await once(`${parent}.${quoted(schema)}`, "/databaseSchemas", { name: schema, database: parent });
    await catalog.put("/tables", {
      name,
      databaseSchema: `${parent}.${quoted(schema)}`,
      tableType: { table: "Regular", view: "View", "materialized view": "MaterializedView" }[kind],
      columns: columns.map((column) => ({
        name: column.name,
        dataType: dataTypeOf(column.type),
        dataTypeDisplay: column.type.toLowerCase(),
        dataLength: 1,
      })),
    });
  }
}
