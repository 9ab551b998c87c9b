import { splitFqn, unquoteName } from "@omd/schema";
import type { TableName } from "./dataset-kinds.ts";

/** How one kind of database names its tables in URIs. */
export interface TableNaming {
  readonly example: string;
  /** Takes what follows `scheme:`; undefined when it names no table. */
  read(rest: string): TableName | undefined;
}

interface Layout {
  readonly schemes: readonly string[];
  readonly serviceTypes: readonly string[];
  readonly foldsCase: boolean;
  readonly example: string;
  readonly parts: (rest: string) => Parts | undefined;
}

interface Parts {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly table: string;
}

/** Sources: OpenLineage naming of datasets, Airflow provider asset URIs, the database and schema names of OpenMetadata's connectors. */
const layouts: readonly Layout[] = [
  {
    schemes: ["postgres", "postgresql"],
    // Redshift and its like are often reached with the driver of PostgreSQL.
    serviceTypes: ["Postgres", "Greenplum", "Cockroach", "Timescale", "Redshift"],
    foldsCase: true,
    example: "postgres://host:5432/database/schema/table",
    parts: (rest) => threeParts(behindHost(rest)),
  },
  {
    schemes: ["redshift"],
    serviceTypes: ["Redshift"],
    foldsCase: true,
    example: "redshift://cluster.region:5439/database/schema/table",
    parts: (rest) => threeParts(behindHost(rest)),
  },
  {
    schemes: ["snowflake"],
    serviceTypes: ["Snowflake"],
    foldsCase: true,
    example: "snowflake://organisation-account/DATABASE/SCHEMA/TABLE",
    parts: (rest) => threeParts(behindHost(rest)),
  },
  {
    schemes: ["trino", "presto"],
    serviceTypes: ["Trino", "Presto"],
    foldsCase: true,
    example: "trino://host:8080/catalog/schema/table",
    parts: (rest) => threeParts(behindHost(rest)),
  },
  {
    schemes: ["databricks", "unitycatalog"],
    serviceTypes: ["UnityCatalog", "Databricks"],
    foldsCase: true,
    example: "databricks://host/catalog/schema/table",
    parts: (rest) => threeParts(behindHost(rest)),
  },
  {
    schemes: ["mssql", "sqlserver"],
    serviceTypes: ["Mssql", "AzureSQL", "Synapse"],
    foldsCase: true,
    example: "mssql://host:1433/database/schema/table",
    parts: (rest) => threeParts(behindHost(rest)),
  },
  {
    schemes: ["bigquery"],
    serviceTypes: ["BigQuery"],
    foldsCase: false,
    example: "bigquery:project.dataset.table",
    // No host: what stands in its place is the project.
    parts: (rest) => onlyThree(threeParts(rest.replace(/^\/+/, ""))),
  },
  {
    // The catalog's name differs between installations, so it is not compared.
    schemes: ["awsathena", "athena", "awsglue", "glue"],
    serviceTypes: ["Athena", "Glue"],
    foldsCase: true,
    example: "awsathena://athena.region.amazonaws.com/catalog/database/table",
    parts: (rest) => withoutDatabase(threeParts(rest.startsWith("//") ? behindHost(rest) : rest.replace(/^\/+/, ""))),
  },
  {
    schemes: ["oracle"],
    serviceTypes: ["Oracle"],
    foldsCase: true,
    example: "oracle://host:1521/service/schema/table",
    parts: (rest) => withoutDatabase(threeParts(behindHost(rest))),
  },
  {
    // These have no level above their databases; OpenMetadata names it `default`.
    schemes: ["mysql", "mariadb"],
    serviceTypes: ["Mysql", "MariaDB", "SingleStore"],
    foldsCase: false,
    example: "mysql://host:3306/database/table",
    parts: (rest) => belowDefault(twoParts(behindHost(rest))),
  },
  {
    schemes: ["hive", "clickhouse"],
    serviceTypes: ["Hive", "Impala", "Clickhouse"],
    foldsCase: false,
    example: "hive://host:10000/database/table",
    parts: (rest) => belowDefault(twoParts(behindHost(rest))),
  },
  {
    schemes: ["sqlite"],
    serviceTypes: ["SQLite"],
    foldsCase: true,
    example: "sqlite:///path/file.db/table",
    parts: inFile,
  },
  {
    schemes: ["duckdb"],
    serviceTypes: ["Datalake"],
    foldsCase: true,
    example: "duckdb:///path/file.duckdb/schema.table",
    parts: inFile,
  },
];

/** The naming of a scheme, or undefined when it is not one of a database. */
export function tableNaming(scheme: string): TableNaming | undefined {
  const layout = layouts.find(({ schemes }) => schemes.includes(scheme));
  if (!layout) return undefined;
  const { foldsCase, serviceTypes, example } = layout;
  return {
    example,
    read: (rest) => {
      const parts = layout.parts(rest.replace(/[?#].*$/s, ""));
      return parts && { kind: "table", ...parts, foldsCase, serviceTypes };
    },
  };
}

/** What follows `//host:port/`; empty when there is no host. */
function behindHost(rest: string): string {
  return /^\/\/[^/]*\/(.*)$/s.exec(rest)?.[1] ?? "";
}

/** Path segments are names as they are; where there are too few, dots part the last one. Undefined when a part is empty. */
function pathParts(path: string, wanted: number): string[] | undefined {
  const segments = path.replace(/\/+$/, "").split("/");
  const raw = segments.map(decodedSegment);
  const last = raw.at(-1) ?? "";
  const parts = segments.length < wanted ? [...raw.slice(0, -1), ...dotted(last)] : raw;
  return parts.length > wanted || parts.includes("") ? undefined : parts;
}

function threeParts(path: string): Parts | undefined {
  const parts = pathParts(path, 3);
  const table = parts?.at(-1);
  if (!parts || parts.length < 2 || table === undefined) return undefined;
  return parts.length === 3 ? { database: parts[0], schema: parts[1], table } : { database: parts[0], table };
}

function twoParts(path: string): Parts | undefined {
  const parts = pathParts(path, 2);
  const table = parts?.[1];
  return parts?.length === 2 && table !== undefined ? { schema: parts[0], table } : undefined;
}

function onlyThree(parts: Parts | undefined): Parts | undefined {
  return parts?.schema === undefined ? undefined : parts;
}

/** With two parts the first is the schema. */
function withoutDatabase(parts: Parts | undefined): Parts | undefined {
  return parts && { schema: parts.schema ?? parts.database, table: parts.table };
}

function belowDefault(parts: Parts | undefined): Parts | undefined {
  return parts && { ...parts, database: "default" };
}

/** `path/file.db/table`, `path/file.db/schema.table`: the path of the file is no part of a name, the schema is `main` unless it is told. */
function inFile(rest: string): Parts | undefined {
  const segments = rest.replace(/^\/+/, "").replace(/\/+$/, "").split("/").map(decodedSegment);
  const last = segments.at(-1);
  if (segments.length < 2 || last === undefined || last === "") return undefined;
  const names = dotted(last);
  const table = names.at(-1);
  if (table === undefined || table === "" || names.length > 3) return undefined;
  return { schema: names.at(-2) ?? "main", table };
}

function dotted(text: string): string[] {
  try {
    return splitFqn(text).map(unquoteName);
  } catch {
    return text.split(".");
  }
}

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
