import type { CreateRequest } from "@omd/schema";

type Definition = CreateRequest<"testConnectionDefinition">;

const sql = "CheckAccess GetSchemas GetTables GetViews";
const logged = `${sql} GetQueries`;

/** Names of the steps that the Python client's connectors know: others would stop the run. */
const steps: Readonly<Record<string, string>> = {
  Athena: sql,
  AzureSQL: sql,
  BigQuery: `${sql} GetTags GetQueries`,
  BigTable: "GetInstances GetTables",
  BurstIQ: "CheckAccess GetDictionaries",
  Cassandra: sql,
  Clickhouse: logged,
  Cockroach: `${sql} GetDatabases`,
  Couchbase: "GetDatabases GetCollections",
  Databricks: "CheckAccess GetSchemas GetTables GetViews",
  Datalake: "ListBuckets",
  Db2: sql,
  DeltaLake: "GetDatabases GetTables",
  DomoDatabase: "GetTables",
  Doris: sql,
  Druid: sql,
  DynamoDB: "ListTables",
  Exasol: sql,
  Glue: "GetDatabases GetTables",
  Greenplum: `${sql} GetDatabases`,
  Hive: sql,
  Iceberg: "GetNamespaces GetTables",
  Impala: sql,
  MariaDB: sql,
  MongoDB: "CheckAccess GetDatabases GetCollections",
  Mssql: `${logged} GetDatabases`,
  Mysql: logged,
  Oracle: "CheckAccess",
  PinotDB: sql,
  Postgres: `${logged} GetDatabases GetTags`,
  Presto: "CheckAccess GetDatabases GetSchemas GetTables",
  Redshift: `${logged} GetDatabases`,
  Salesforce: "CheckAccess",
  SapErp: "GetTables GetColumns",
  SapHana: sql,
  SAS: "CheckAccess",
  SingleStore: sql,
  Snowflake: `CheckAccess GetDatabases GetSchemas GetTables GetViews GetQueries GetTags`,
  SQLite: sql,
  StarRocks: logged,
  Teradata: `${sql} GetDatabases`,
  Timescale: `${logged} GetDatabases GetTags`,
  Trino: `${sql} GetDatabases`,
  UnityCatalog: "CheckAccess GetDatabases GetSchemas GetTables GetViews GetQueries GetTags",
  Vertica: `${logged} GetDatabases`,
  Airbyte: "GetPipelines",
  Airflow: "CheckAccess",
  Dagster: "GetPipelines",
  DatabricksPipeline: "GetPipelines",
  DBTCloud: "GetJobs GetRuns",
  DomoPipeline: "GetPipelines",
  Fivetran: "GetPipelines",
  Flink: "GetPipelines",
  GluePipeline: "GetPipelines",
  KafkaConnect: "GetClusterInfo GetPipelines GetPlugins",
  Nifi: "GetPipelines",
  OpenLineage: "CheckBrokerConnectivity",
  Spline: "GetPipelines",
  DomoDashboard: "GetDashboards GetCharts",
  Grafana: "GetDashboards",
  Hex: "GetProjects",
  Lightdash: "GetDashboards",
  Looker: "CheckAccess ValidateVersion ListDashboards ListLookMLModels",
  Metabase: "GetDashboards",
  MicroStrategy: "GetToken GetProjects",
  Mode: "CheckDashboards",
  PowerBI: "GetDashboards",
  QlikCloud: "GetDashboards",
  QlikSense: "GetDashboards",
  QuickSight: "GetDashboards",
  Redash: "GetDashboards",
  Sigma: "GetToken GetWorkbooks",
  Ssrs: "CheckAccess GetDashboards",
  Superset: "CheckAccess GetDashboards GetCharts",
  Tableau: "ServerInfo ValidateApiVersion ValidateSiteUrl GetWorkbooks GetViews GetOwners GetDataModels",
  Kafka: "GetTopics CheckSchemaRegistry",
  Kinesis: "GetTopics",
  Redpanda: "GetTopics CheckSchemaRegistry",
  Mlflow: "GetModels",
  SageMaker: "GetModels",
  GCS: "ListBuckets GetMetrics",
  S3: "ListBuckets GetMetrics",
  ElasticSearch: "CheckAccess GetSearchIndexes",
  OpenSearch: "CheckAccess GetSearchIndexes",
  Rest: "CheckURL CheckSchema",
  Sftp: "CheckAccess ListDirectories",
};

/** The other service types of OpenMetadata 1.12 and 2.0 beside custom ones: what their connectors try is not known. */
const others =
  "MicrosoftAccess QueryLog Dbt Synapse SSAS Epic ServiceNow Dremio MicrosoftFabric Informix SapSuccessFactors Iomete QuestDB SapBw4Hana " +
  "KinesisFirehose Spark Matillion Stitch DataFactory Wherescape SSIS Snowplow Mulesoft MicrosoftFabricPipeline Prefect SapBw4HanaPipeline " +
  "PowerBIReportServer ThoughtSpot SapS4Hana Omni PubSub Sklearn VertexAI ADLS WEBHOOK Amundsen Atlas Alation AlationSink Collibra " +
  "MetadataES OpenMetadata GoogleDrive SharePoint Ranger OpenAI Anthropic AzureOpenAI Bedrock Ollama HuggingFace Mcp";

/** A run goes on without them. */
const forgivable = new Set(
  "GetViews GetQueries GetTags GetOwners GetDataModels GetPlugins GetCharts GetMetrics CheckSchemaRegistry ListLookMLModels".split(
    " ",
  ),
);

/** One definition for each service type of OpenMetadata and for each of `connectors` beyond. */
export function connectionDefinitions(connectors: readonly string[]): Definition[] {
  return [...new Set([...Object.keys(steps), ...others.split(" "), ...connectors])].map((name) => ({
    name,
    displayName: `Connection to ${name}`,
    description: `What is tried before ${name} is read.`,
    steps: (steps[name] ?? "CheckAccess").split(" ").map((step, at) => ({
      name: step,
      description: describe(step),
      mandatory: !forgivable.has(step),
      errorMessage: `${name} refused: look at the address, the credentials and their rights.`,
      ...(at === 0 ? { shortCircuit: true } : {}),
    })),
  }));
}

/** `GetTableTags` is read as "Get table tags". */
function describe(step: string): string {
  const words = step.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
