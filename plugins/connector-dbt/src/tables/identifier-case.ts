/** How databases change the case of names that are not quoted, by dbt's name of the adapter. */
const folds: Readonly<Record<string, (name: string) => string>> = {
  snowflake: (name) => name.toUpperCase(),
  oracle: (name) => name.toUpperCase(),
  exasol: (name) => name.toUpperCase(),
  db2: (name) => name.toUpperCase(),
  postgres: (name) => name.toLowerCase(),
  redshift: (name) => name.toLowerCase(),
  greenplum: (name) => name.toLowerCase(),
  cockroachdb: (name) => name.toLowerCase(),
};

/** Databases in which names that differ in case only are one name, quoted or not. */
const caseless: ReadonlySet<string> = new Set([
  "athena",
  "azuresql",
  "databricks",
  "dremio",
  "duckdb",
  "fabric",
  "glue",
  "hive",
  "impala",
  "presto",
  "spark",
  "sqlite",
  "sqlserver",
  "synapse",
  "teradata",
  "trino",
]);

/** What the database makes of an unquoted name; undefined where dbt's own words are kept. */
export function foldOf(adapter: string | undefined): ((name: string) => string) | undefined {
  return adapter !== undefined && Object.hasOwn(folds, adapter) ? folds[adapter] : undefined;
}

export function isCaseless(adapter: string | undefined): boolean {
  return adapter !== undefined && caseless.has(adapter);
}
