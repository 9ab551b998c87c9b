import { fileURLToPath } from "node:url";
import { z } from "zod";
import { secret } from "@omd/schema";

/** Empty and null are what a form leaves; both mean: not given. */
function optionalText(description: string) {
  return z
    .string()
    .nullish()
    .transform((value) => (value === null || value === "" ? undefined : value))
    .describe(description);
}

function optionalSecret(description: string) {
  return secret()
    .nullish()
    .transform((value) => (value === null || value?.reveal() === "" ? undefined : value))
    .describe(description)
    .meta({ secret: true });
}

/** A path, also one that is written as a `file://` address. */
const filePath = z.string().transform((value, context) => {
  if (!/^file:/iu.test(value)) return value;
  try {
    return fileURLToPath(value);
  } catch {
    context.addIssue({ code: "custom", message: "no file of this machine has this address (file:///path)" });
    return z.NEVER;
  }
});

function optionalPath(description: string) {
  return filePath
    .nullish()
    .transform((value) => (value === null || value === "" ? undefined : value))
    .describe(description);
}

/** One path or several. */
function somePaths(description: string, path: typeof filePath | z.ZodString = z.string()) {
  return z
    .union([path, z.array(path)])
    .nullish()
    .transform((value) => [value ?? []].flat().filter((one) => one !== ""))
    .describe(description);
}

const localFiles = z
  .strictObject({
    dbtConfigType: z.literal("local").describe("Files on this machine."),
    dbtManifestFilePath: z
      .string()
      .min(1)
      .pipe(filePath)
      .describe(
        "Path of manifest.json, or a directory, such as `target`: all artifacts in it are read then. Where it has none, each directory below it, up to three levels, that has one is a project.",
      ),
    dbtCatalogFilePath: optionalPath("Path of catalog.json: types of columns, owners of tables."),
    dbtRunResultsFilePath: somePaths(
      "Path of run_results.json, or a list of paths: results of tests and models.",
      filePath,
    ),
    dbtSourcesFilePath: optionalPath("Path of sources.json: freshness of sources."),
    dbtSemanticManifestFilePath: optionalPath("Path of semantic_manifest.json."),
  })
  .describe("Files on this machine.");

const httpAddress = z.url({ protocol: /^https?$/u });
const httpFiles = z
  .strictObject({
    dbtConfigType: z.literal("http").describe("Files of a web server."),
    dbtManifestHttpPath: httpAddress.describe("URL of manifest.json; may hold `user:password@`."),
    dbtCatalogHttpPath: optionalText("URL of catalog.json."),
    dbtRunResultsHttpPath: somePaths("URL of run_results.json, or a list of URLs."),
    dbtSourcesHttpPath: optionalText("URL of sources.json."),
    dbtSemanticManifestHttpPath: optionalText("URL of semantic_manifest.json."),
  })
  .describe("Files of a web server.");

const identifier = z.union([z.string(), z.int().transform(String)]);
const dbtCloud = z
  .strictObject({
    dbtConfigType: z.literal("cloud").describe("Artifacts of a job of dbt Cloud."),
    dbtCloudAuthToken: secret().describe("Service token with the permission to read jobs (Job Admin or Read-Only)."),
    dbtCloudAccountId: identifier.describe("Number of the account."),
    dbtCloudProjectId: identifier
      .nullish()
      .transform((value) => (value === null || value === "" ? undefined : value))
      .describe("Number of the project whose newest run is read."),
    dbtCloudJobId: z
      .union([identifier, z.array(identifier)])
      .nullish()
      .transform((value) => [value ?? []].flat().filter((id) => id !== ""))
      .describe("Number of the job whose newest run is read, or a list: one dbt project for each."),
    dbtCloudUrl: z
      .url({ protocol: /^https?$/u })
      .describe("Address of dbt Cloud, such as `https://cloud.getdbt.com` or `https://ab123.us1.dbt.com`."),
  })
  .describe("Artifacts of the newest finished run of a dbt Cloud job.");

const prefixConfig = z
  .strictObject({
    dbtBucketName: optionalText("Bucket, or container in Azure. Needed: never all buckets are searched."),
    dbtObjectPrefix: optionalText("Only objects whose name begins with this are listed."),
  })
  .nullish()
  .transform((value) => ({ bucket: value?.dbtBucketName, prefix: value?.dbtObjectPrefix ?? "" }))
  .refine(({ bucket }) => bucket !== undefined, {
    path: ["dbtBucketName"],
    error: "missing: name the bucket (container in Azure); a search through all of them is not made",
  })
  .describe("Where in the store the artifacts lie. Each directory with a manifest.json is a project.");

const awsCredentials = z
  .strictObject({
    enabled: z.boolean().default(false).describe("Accepted; not used."),
    awsAccessKeyId: optionalText("Access key. Without it: the profile, else what the environment gives."),
    awsSecretAccessKey: optionalSecret("Its secret."),
    awsSessionToken: optionalSecret("Session token of temporary keys."),
    awsRegion: z.string().min(1).describe("Region of the bucket."),
    endPointURL: optionalText("Another address than Amazon's, for stores that speak S3."),
    profileName: optionalText("Profile of the AWS configuration files."),
    assumeRoleArn: optionalText("Role that is taken on."),
    assumeRoleSessionName: z
      .string()
      .nullish()
      .transform((value) => value ?? "OpenMetadataSession")
      .describe("Name of its session. Default: OpenMetadataSession."),
    assumeRoleSourceIdentity: optionalText("Source identity of its session."),
  })
  .describe("Credentials of Amazon.");

const projectIds = z
  .union([z.string(), z.array(z.string())])
  .nullish()
  .describe("Google project; accepted, not needed for reading a bucket.");
const googleValues = z.strictObject({
  type: z.literal("service_account").default("service_account").describe("Key of a service account, written here."),
  projectId: projectIds,
  privateKeyId: optionalText("Number of the key."),
  privateKey: secret().describe("The key in PEM; `\\n` may stand for line ends."),
  clientEmail: z.string().min(1).describe("E-mail address of the service account."),
  clientId: optionalText("Accepted; not used."),
  authUri: optionalText("Accepted; not used."),
  tokenUri: optionalText("Accepted; Google's own is used."),
  authProviderX509CertUrl: optionalText("Accepted; not used."),
  clientX509CertUrl: optionalText("Accepted; not used."),
});
const googlePath = z.strictObject({
  type: z.literal("gcp_credential_path").default("gcp_credential_path").describe("Credentials in a file."),
  path: z.string().min(1).describe("Path of the JSON file."),
  projectId: projectIds,
});
const googleExternal = z.strictObject({
  type: z.literal("external_account").default("external_account").describe("Workload identity federation."),
  externalType: z.literal("external_account").default("external_account").describe("Always `external_account`."),
  audience: z.string().min(1).describe("Resource name of the provider in the identity pool."),
  subjectTokenType: z.string().min(1).describe("Type of the token, after OAuth 2.0 token exchange."),
  tokenURL: z.string().min(1).describe("Address of the token exchange."),
  credentialSource: z.record(z.string(), z.unknown()).describe("Where the outside token comes from."),
});
const googleDefault = z.strictObject({
  type: z.literal("gcp_adc").default("gcp_adc").describe("Application default credentials."),
  projectId: projectIds,
});
const googleCredentials = z
  .strictObject({
    gcpConfig: z
      .union([googleValues, googlePath, googleExternal, googleDefault])
      .describe("A key's values, the path of a file, an external account, or `type: gcp_adc`."),
    gcpImpersonateServiceAccount: z
      .strictObject({
        impersonateServiceAccount: optionalText("E-mail address of the account that is taken on."),
        lifetime: z
          .int()
          .nullish()
          .transform((value) => value ?? 3600)
          .describe("Seconds that it is taken on for. Default: 3600."),
      })
      .nullish()
      .describe("Another service account that the credentials may act as."),
  })
  .describe("Credentials of Google Cloud.");

const azureCredentials = z
  .strictObject({
    clientId: optionalText("Application id of a service principal."),
    clientSecret: optionalSecret("Its secret."),
    tenantId: optionalText("Tenant of the service principal."),
    accountName: z.string().min(1).describe("Name of the storage account."),
    vaultName: optionalText("Accepted; not used."),
    scopes: optionalText("Scope of the access token; default: that of Azure Storage."),
    accountKey: optionalSecret("Key of the storage account, in place of a service principal."),
    sasToken: optionalSecret("Shared access signature that may list and read, in place of a service principal."),
    endpointUrl: optionalText("Blob address, where it is not `https://<account>.blob.core.windows.net`."),
  })
  .refine(
    ({ clientId, clientSecret, tenantId, accountKey, sasToken }) =>
      accountKey !== undefined ||
      sasToken !== undefined ||
      new Set([clientId, clientSecret, tenantId].map((value) => value === undefined)).size === 1,
    {
      error:
        "give clientId, clientSecret and tenantId, or accountKey, or sasToken, or none of them for the identity of the machine",
    },
  )
  .describe(
    "Credentials of Azure. With the account's name alone, those of the environment: a service principal (AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET), a workload's federated token (AZURE_FEDERATED_TOKEN_FILE), else the managed identity.",
  );

const s3Objects = z
  .strictObject({
    dbtConfigType: z.literal("s3").describe("Objects in Amazon S3."),
    dbtSecurityConfig: awsCredentials,
    dbtPrefixConfig: prefixConfig,
  })
  .describe("Objects in Amazon S3.");
const gcsObjects = z
  .strictObject({
    dbtConfigType: z.literal("gcs").describe("Objects in Google Cloud Storage."),
    dbtSecurityConfig: googleCredentials,
    dbtPrefixConfig: prefixConfig,
  })
  .describe("Objects in Google Cloud Storage.");
const azureBlobs = z
  .strictObject({
    dbtConfigType: z.literal("azure").describe("Blobs in Azure Storage."),
    dbtSecurityConfig: azureCredentials,
    dbtPrefixConfig: prefixConfig,
  })
  .describe("Blobs in Azure Storage.");

/** `sourceConfig.config.dbtConfigSource`: where the artifacts lie. */
export const dbtConfigSource = z
  .discriminatedUnion("dbtConfigType", [localFiles, httpFiles, dbtCloud, s3Objects, gcsObjects, azureBlobs])
  .describe("Where the artifacts of dbt lie.");

export type DbtConfigSource = z.infer<typeof dbtConfigSource>;
export type LocalFiles = z.infer<typeof localFiles>;
export type HttpFiles = z.infer<typeof httpFiles>;
export type DbtCloud = z.infer<typeof dbtCloud>;
export type S3Objects = z.infer<typeof s3Objects>;
export type GcsObjects = z.infer<typeof gcsObjects>;
export type AzureBlobs = z.infer<typeof azureBlobs>;
