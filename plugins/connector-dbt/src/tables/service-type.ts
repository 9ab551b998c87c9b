/** dbt's names of adapters to OpenMetadata's types of database services. */
const services: Readonly<Record<string, string>> = {
  athena: "Athena",
  azuresql: "AzureSQL",
  bigquery: "BigQuery",
  clickhouse: "Clickhouse",
  cockroachdb: "Cockroach",
  databricks: "Databricks",
  db2: "Db2",
  doris: "Doris",
  dremio: "Dremio",
  exasol: "Exasol",
  fabric: "MicrosoftFabric",
  glue: "Glue",
  greenplum: "Greenplum",
  hive: "Hive",
  impala: "Impala",
  mariadb: "MariaDB",
  mysql: "Mysql",
  mysql5: "Mysql",
  oracle: "Oracle",
  postgres: "Postgres",
  presto: "Presto",
  redshift: "Redshift",
  singlestore: "SingleStore",
  snowflake: "Snowflake",
  sqlite: "SQLite",
  sqlserver: "Mssql",
  starrocks: "StarRocks",
  synapse: "Synapse",
  teradata: "Teradata",
  trino: "Trino",
  vertica: "Vertica",
};

/** `serviceType` of the database that an adapter works on; `CustomDatabase` where OpenMetadata has no type for it, as for DuckDB. */
export function serviceTypeOf(adapter: string | undefined): string {
  const name = adapter?.toLowerCase() ?? "";
  return (Object.hasOwn(services, name) ? services[name] : undefined) ?? "CustomDatabase";
}
