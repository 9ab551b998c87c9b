export interface DialectRules {
  /** The name that the parser gives the dialect. */
  readonly parser: string;
  /** Later columns of a SELECT list may use the aliases of earlier ones. */
  readonly siblings: boolean;
  /** `from orders o, o.items i` reads an array of the table before it. */
  readonly arraysInFrom: boolean;
  /** A quoted name may hold the whole path: `project.dataset.table`. */
  readonly pathsInQuotes: boolean;
  /** `select total = a + b` names a column. */
  readonly equalsNames: boolean;
  /** The alias of a pivot's aggregate stands before the value's name. */
  readonly pivotPrefix: boolean;
  /** A query of a WITH may name itself without the word `recursive`. */
  readonly recursesUnsaid: boolean;
  /** The name of a table alone is its row, whose fields are the columns. */
  readonly rowsAsValues: boolean;
  /** `columns('regex')` stands for the columns whose names fit. */
  readonly choosesColumns: boolean;
}

const plain = {
  siblings: false,
  arraysInFrom: false,
  pathsInQuotes: false,
  pivotPrefix: false,
  equalsNames: false,
  recursesUnsaid: false,
  rowsAsValues: false,
  choosesColumns: false,
};
const postgres = { ...plain, rowsAsValues: true };
const spark = { ...plain, siblings: true };
const duckdb = { ...plain, siblings: true, rowsAsValues: true, choosesColumns: true };
const tsql = { ...plain, equalsNames: true, recursesUnsaid: true };

function rules(parser: string, more: Partial<DialectRules> = {}): DialectRules {
  return { ...plain, ...more, parser };
}

/** By the name of a dbt adapter or of an engine, in lower case. */
const dialects: ReadonlyMap<string, DialectRules> = new Map([
  ["snowflake", rules("snowflake", { siblings: true, recursesUnsaid: true })],
  ["databricks", rules("databricks", spark)],
  ["spark", rules("spark", spark)],
  ["sparksql", rules("spark", spark)],
  ["glue", rules("spark", spark)],
  ["hive", rules("hive")],
  ["impala", rules("hive")],
  ["bigquery", rules("bigquery", { arraysInFrom: true, pathsInQuotes: true, pivotPrefix: true, rowsAsValues: true })],
  ["redshift", rules("redshift", { siblings: true, arraysInFrom: true })],
  ["postgres", rules("postgresql", postgres)],
  ["postgresql", rules("postgresql", postgres)],
  ["alloydb", rules("postgresql", postgres)],
  ["greenplum", rules("postgresql", postgres)],
  ["materialize", rules("materialize")],
  ["risingwave", rules("risingwave")],
  ["cockroachdb", rules("cockroachdb")],
  ["mysql", rules("mysql")],
  ["mariadb", rules("mysql")],
  ["tidb", rules("tidb")],
  ["singlestore", rules("singlestore")],
  ["doris", rules("doris")],
  ["starrocks", rules("starrocks")],
  ["duckdb", rules("duckdb", duckdb)],
  ["motherduck", rules("duckdb", duckdb)],
  ["sqlite", rules("sqlite", { recursesUnsaid: true })],
  ["trino", rules("trino")],
  ["presto", rules("presto")],
  ["starburst", rules("trino")],
  ["athena", rules("athena")],
  ["sqlserver", rules("tsql", tsql)],
  ["mssql", rules("tsql", tsql)],
  ["synapse", rules("tsql", tsql)],
  ["tsql", rules("tsql", tsql)],
  ["fabric", rules("fabric", tsql)],
  ["oracle", rules("oracle", { recursesUnsaid: true })],
  ["clickhouse", rules("clickhouse", { siblings: true, choosesColumns: true })],
  ["teradata", rules("teradata", { siblings: true })],
  ["exasol", rules("exasol")],
  ["dremio", rules("dremio")],
  ["datafusion", rules("datafusion")],
  ["generic", rules("generic")],
]);

/** Rules for the name of a dbt adapter or an engine, whatever its case; undefined for one that is not known. */
export function dialectRules(name: string): DialectRules | undefined {
  return dialects.get(name.toLowerCase());
}
