import { z } from "zod";
import { namePattern, secret } from "@omd/schema";

const filterPattern = z
  .strictObject({
    includes: z.array(namePattern).optional().describe("Regular expressions; a name must match one of them."),
    excludes: z.array(namePattern).optional().describe("Regular expressions; a name that matches one is left out."),
  })
  .describe("Regular expressions on DAG ids, in Python's syntax, matched from the start and without regard to case.");

const basicCredentials = z.strictObject({
  username: z.string().min(1).describe("User of the Airflow web server."),
  password: secret().describe("Its password."),
});
const accessToken = z.strictObject({
  token: secret().describe("Sent as a bearer token; it is not renewed."),
});
/** A form that OpenMetadata's YAML knows and omd does not: read, so that the complaint stands at its key and says what to do instead. */
function refused(form: z.ZodObject, key: string, message: string) {
  return form.transform((_value, context) => {
    context.issues.push({ code: "custom", path: [key], message, input: undefined });
    return z.NEVER;
  });
}

const otherLogin = "use `username` and `password`, or `token`";
const googleAccount = refused(
  z.strictObject({
    credentials: z.unknown().describe("Google service account (Cloud Composer). Not supported yet."),
  }),
  "credentials",
  `a login with a Google service account is not supported yet: ${otherLogin}`,
);
const mwaaEnvironment = refused(
  z.strictObject({ mwaaConfig: z.unknown().describe("Amazon MWAA environment. Not supported yet.") }),
  "mwaaConfig",
  `a login to Amazon MWAA is not supported yet: ${otherLogin}`,
);

const restApi = z.strictObject({
  type: z.literal("RestAPI").default("RestAPI").describe("Reads through Airflow's REST API."),
  authConfig: z
    .union([basicCredentials, accessToken, googleAccount, mwaaEnvironment])
    .describe("`username` and `password`, or `token`."),
  apiVersion: z
    .enum(["auto", "v1", "v2"])
    .default("auto")
    .describe("`v1` is Airflow 2, `v2` is Airflow 3, `auto` asks the server."),
  verifySSL: z.boolean().default(true).describe("Whether the server's certificate is checked."),
});

/** A mode that reads Airflow's own database. */
function databaseMode(type: string) {
  const form = z
    .looseObject({ type: z.literal(type) })
    .describe("Reads Airflow's database. Not supported: use type RestAPI.");
  const message = `${type} is not supported, Airflow's database is not read: use type RestAPI with authConfig`;
  return refused(form, "type", message);
}

/** `serviceConnection.config` of a source of type `airflow`. */
export const airflowConnection = z.strictObject({
  type: z.literal("Airflow").default("Airflow").describe("Always `Airflow`."),
  hostPort: z
    .url({ protocol: /^https?$/u, error: "must be an address that begins with http:// or https://" })
    .describe("Address of the web server, with its path when it has one; used for the REST API and for links."),
  numberOfStatus: z
    .union([z.int().min(0), z.string().regex(/^\d+$/u).transform(Number)])
    .default(10)
    .describe("How many of the newest runs of each DAG are brought; 0 brings none."),
  connection: z
    .union([restApi, databaseMode("Backend"), databaseMode("Mysql"), databaseMode("Postgres"), databaseMode("SQLite")])
    .describe("How Airflow is read."),
  pipelineFilterPattern: filterPattern
    .optional()
    .describe("Accepted for the catalog's sake; a run applies the pattern of `sourceConfig`."),
  supportsMetadataExtraction: z.boolean().default(true).describe("Accepted for the catalog's sake; not used."),
  sessionLogin: z
    .enum(["auto", "never"])
    .default("auto")
    .describe(
      "Airflow 2 with user and password: `auto` logs in once through the web form where that works, which is many times faster than Basic in each call.",
    ),
  taskRefresh: z
    .enum(["whenChanged", "always"])
    .default("whenChanged")
    .describe("Whether the tasks of a DAG are read again only when it may have changed, or in every run."),
  taskMaxAgeHours: z
    .number()
    .min(0)
    .default(24)
    .describe("With `taskRefresh: whenChanged`: after this many hours tasks are read again in any case."),
});
export type AirflowConnection = z.infer<typeof airflowConnection>;

/** `sourceConfig.config`. */
export const pipelineMetadata = z.strictObject({
  type: z.literal("PipelineMetadata").default("PipelineMetadata").describe("Always `PipelineMetadata`."),
  includeLineage: z.boolean().default(true).describe("Lineage from Airflow's datasets or assets."),
  includeOwners: z.boolean().default(true).describe("Owners of DAGs and tasks."),
  pipelineFilterPattern: filterPattern.optional(),
  lineageInformation: z
    .strictObject({
      dbServiceNames: z.array(z.string()).default([]).describe("Database services."),
      storageServiceNames: z.array(z.string()).default([]).describe("Storage services."),
      messagingServiceNames: z.array(z.string()).default([]).describe("Messaging services."),
    })
    .optional()
    .describe("Services that datasets are looked up in; without it, all."),
  overrideLineage: z
    .boolean()
    .default(false)
    .describe("Every edge is sent again, and what a pipeline made before is removed first."),
  markDeletedPipelines: z
    .boolean()
    .default(true)
    .describe("Pipelines whose DAG is gone are marked deleted, once the list of DAGs is proven complete."),
  includeTags: z.boolean().default(true).describe("Tags of DAGs, in the classification AirflowTags."),
  includeUnDeployedPipelines: z.boolean().default(true).describe("Whether paused and inactive DAGs are brought."),
  statusLookbackDays: z.int().min(0).default(1).describe("Accepted; `numberOfStatus` decides for Airflow."),
  overrideMetadata: z.boolean().default(false).describe("What people wrote in the catalog is overwritten."),
  ownershipUpdateMode: z
    .enum(["replace", "append"])
    .default("replace")
    .describe("Accepted; owners that the catalog has are kept in either mode, `overrideMetadata` replaces them."),
});
export type PipelineMetadata = z.infer<typeof pipelineMetadata>;

export type RestApi = z.infer<typeof restApi>;
