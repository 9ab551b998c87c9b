import { secret } from "@omd/schema";
import { z } from "zod";

/** The `hostPort` that means: write into the embedded catalog. */
export const embeddedHostPort = "embedded";

const filterPattern = z.strictObject({
  includes: z.array(z.string()).optional().describe("Regular expressions; only names that match one are taken"),
  excludes: z.array(z.string()).optional().describe("Regular expressions; names that match one are left out"),
});

const include = (what: string) => z.boolean().default(true).describe(`Whether ${what} are indexed; accepted, not used`);

/** OpenMetadata: entity/services/connections/metadata/openMetadataConnection.json. Unknown keys are errors. */
export const openMetadataServerConfig = z.strictObject({
  hostPort: z
    .string()
    .refine((text) => text === embeddedHostPort || (/^https?:/iu.test(text) && URL.canParse(text)), {
      error: `must be \`${embeddedHostPort}\` or an address such as http://localhost:8585/api`,
    })
    .describe(
      "Address of the OpenMetadata server with its API end point, e.g. http://localhost:8585/api; `embedded` for the catalog file",
    ),
  type: z.literal("OpenMetadata").default("OpenMetadata").describe("Always OpenMetadata"),
  clusterName: z.string().default("openmetadata").describe("Name that tells several servers apart"),
  authProvider: z
    .enum([
      "basic",
      "azure",
      "google",
      "okta",
      "auth0",
      "aws-cognito",
      "custom-oidc",
      "ldap",
      "saml",
      "openmetadata",
      "no-auth",
    ])
    .default("basic")
    .describe("How the server knows its users; whatever it is, the token of securityConfig is sent"),
  securityConfig: z
    .strictObject({ jwtToken: secret().describe("Bearer token, or the path of a file that holds it") })
    .optional()
    .describe("Credentials for the server"),
  verifySSL: z
    .enum(["no-ssl", "ignore", "validate"])
    .default("no-ssl")
    .describe("`validate` checks the server's certificate, `ignore` does not"),
  sslConfig: z
    .strictObject({
      caCertificate: z.string().optional().describe("Path of the PEM file of the certificate authority"),
      sslCertificate: z.string().optional().describe("Path of the PEM file of the client's certificate"),
      sslKey: z.string().optional().describe("Path of the PEM file of the client's key"),
    })
    .optional()
    .describe("Certificates for `verifySSL: validate`"),
  apiVersion: z.string().default("v1").describe("Version segment of the API's paths"),
  secretsManagerProvider: z
    .enum([
      "db",
      "managed-aws",
      "aws",
      "managed-aws-ssm",
      "aws-ssm",
      "managed-azure-kv",
      "azure-kv",
      "in-memory",
      "gcp",
      "kubernetes",
    ])
    .default("db")
    .describe("Where the server keeps secrets"),
  secretsManagerLoader: z
    .enum(["noop", "airflow", "env"])
    .default("noop")
    .describe("Where the client finds the credentials of the secrets manager"),
  enableVersionValidation: z
    .boolean()
    .default(true)
    .describe("Whether a server of an unsupported version ends the run before anything is written"),
  storeServiceConnection: z
    .boolean()
    .default(true)
    .describe("Whether a created service carries the connection it was read with"),
  forceEntityOverwriting: z.boolean().default(false).describe("Whether an existing service is updated"),
  limitRecords: z.int().min(1).default(1000).describe("Number of records for indexing; accepted, not used"),
  extraHeaders: z.record(z.string(), z.string()).optional().describe("Headers added to every call; they win"),
  includeTopics: include("topics"),
  includeTables: include("tables"),
  includeDashboards: include("dashboards"),
  includePipelines: include("pipelines"),
  includeMlModels: include("ML models"),
  includeUsers: include("users"),
  includeTeams: include("teams"),
  includeGlossaryTerms: include("glossary terms"),
  includeTags: include("tags"),
  includePolicy: include("policies"),
  includeMessagingServices: include("messaging services"),
  includeDatabaseServices: include("database services"),
  includePipelineServices: include("pipeline services"),
  schemaFilterPattern: filterPattern.optional().describe("Schemas to take; accepted, not used"),
  tableFilterPattern: filterPattern.optional().describe("Tables to take; accepted, not used"),
  databaseFilterPattern: filterPattern.optional().describe("Databases to take; accepted, not used"),
  elasticsSearch: z
    .strictObject({ type: z.string(), config: z.record(z.string(), z.unknown()).optional() })
    .optional()
    .describe("Index sink of the server; accepted, not used"),
  supportsDataInsightExtraction: z.boolean().optional().describe("Accepted, not used"),
  supportsElasticSearchReindexingExtraction: z.boolean().optional().describe("Accepted, not used"),
});
/** The server configuration with its defaults filled in. */
export type OpenMetadataServerConfig = z.infer<typeof openMetadataServerConfig>;
