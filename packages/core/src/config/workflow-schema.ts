import { z } from "zod";
import { processorConfig } from "../processors/processor-config.ts";
import type { ConfigOrigin } from "./config-origin.ts";

const freeMap = z.record(z.string(), z.unknown());
const port = z.looseObject({ hostPort: z.string().optional().describe("URL of the OpenMetadata API, ending in /api") });

function step(example: string) {
  return z.strictObject({
    type: z.string().min(1).describe(`Name of the step, for example ${example}`),
    config: freeMap.optional().describe("Options of the step"),
  });
}

const unused = "Read for compatibility";

/** What OpenMetadata's ingestion takes here, and the file. */
const sinkConfig = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("metadata-rest").describe("Into the catalog that workflowConfig.openMetadataServerConfig names"),
    config: z
      .strictObject({
        bulk_sink_batch_size: z.int().min(1).optional().describe("Entities of one bulk request; default 100"),
        api_endpoint: z.string().optional().describe(unused),
        enable_async_pipeline: z.boolean().optional().describe(unused),
        async_pipeline_workers: z.int().optional().describe(unused),
      })
      .optional()
      .describe("Options of the step"),
  }),
  z.strictObject({
    type: z.literal("file").describe("Into a file of JSON lines; no catalog is used"),
    config: z
      .strictObject({ filename: z.string().min(1).describe("File that the records are written to") })
      .describe("Options of the step"),
  }),
]);

/** Most of a scope that one run may mark deleted; refused when both limits are passed. */
const deletesConfig = z.strictObject({
  maxShare: z.number().min(0).max(1).default(0.25).describe("Largest share of a scope's entities (0 to 1)"),
  maxCount: z.int().min(0).default(10).describe("Number of entities that may always go, whatever their share"),
});

const httpFields = z.strictObject({
  timeoutSeconds: z.number().positive().default(60).describe("Time for one attempt of one call"),
  deadlineSeconds: z.number().positive().default(300).describe("Time for one call with all its attempts"),
  maxConcurrency: z
    .int()
    .min(1)
    .default(32)
    .describe("Most calls in flight to one host; a run begins with 4 and takes more while answers come as fast"),
  perSecond: z.number().positive().optional().describe("Most calls a second to one host; default: no limit"),
  retries: z.int().min(0).default(5).describe("Further attempts after the first"),
  caFile: z.string().optional().describe("PEM file of the certificate authority to trust"),
  certFile: z.string().optional().describe("PEM file of the client certificate"),
  keyFile: z.string().optional().describe("PEM file of the client certificate's key"),
  verifySSL: z.enum(["validate", "ignore"]).optional().describe("Whether servers' certificates are checked"),
});

/** Also looked at when something else is wrong in the block: all mistakes are to come at once. */
const httpConfig = httpFields.refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
  error: ({ input }) =>
    `missing key ${isWithout(input, "certFile") ? "certFile" : "keyFile"}: a client certificate needs both files`,
  when: ({ value }) => typeof value === "object" && value !== null,
});

function isWithout(map: unknown, key: string): boolean {
  return typeof map === "object" && map !== null && !(key in map);
}

const omdConfig = z.strictObject({
  deletes: deletesConfig
    .prefault({})
    .describe("Guard of deletes: refused when more than the share and more than the count would go"),
  createMissingOwners: z
    .boolean()
    .optional()
    .describe(
      "Create users that own something and are not in the catalog; default: true for the embedded catalog, false for a server",
    ),
  allowPartial: z.boolean().default(false).describe("Exit 0 although the run could not read everything"),
  deadlineSeconds: z.number().positive().optional().describe("Time for the whole run; default: no limit"),
  http: httpConfig.prefault({}).describe("HTTP calls of all connectors; a connector's own options win"),
  processors: z.array(processorConfig).default([]).describe("Processors that every record passes, in this order"),
});

const serverConfig = z.strictObject({
  loggerLevel: z
    .enum(["DEBUG", "INFO", "WARN", "ERROR"])
    .default("INFO")
    .describe("Least level of log lines that are shown"),
  raiseOnError: z.boolean().default(true).describe("Exit 1 when the success rate is below the threshold"),
  successThreshold: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe("Percentage of records that must succeed; default 90, for profiler workflows 80"),
  openMetadataServerConfig: port
    .optional()
    .describe("The OpenMetadata server to write to; absent: the embedded catalog"),
  config: freeMap.optional(),
});

/** The YAML as OpenMetadata's ingestion 1.x and 2.0 reads it (metadataIngestion/workflow.json; both have the same keys at this level), and `omd`. */
export const workflowFile = z.strictObject({
  source: z.strictObject({
    type: z.string().min(1).describe("Source type, for example airflow, snowflake-usage or customPipeline"),
    serviceName: z.string().min(1).describe("Name of the service in the catalog"),
    serviceConnection: z
      .strictObject({ config: freeMap.describe("Connection of the connector; its type names it") })
      .optional()
      .describe("How to reach the source; absent: taken from the service in the catalog"),
    sourceConfig: z
      .strictObject({ config: freeMap.default({}).describe("What to read, and how") })
      .describe("Options of the workflow"),
  }),
  processor: step("query-parser").optional(),
  sink: sinkConfig.optional(),
  stage: step("table-usage").optional(),
  bulkSink: step("metadata-usage").optional(),
  workflowConfig: serverConfig.prefault({}),
  ingestionPipelineFQN: z.string().optional().describe("Ingestion pipeline that the state of this run is reported to"),
  pipelineRunId: z.guid().optional().describe("Identifier of this run; default: a new one"),
  enableStreamableLogs: z.boolean().default(false).describe(unused),
  ingestionRunnerName: z.string().optional().describe(unused),
  omd: omdConfig.prefault({}).describe("Options that only omd has"),
});

type Parsed = z.infer<typeof workflowFile>;

/** A checked config with all defaults in place. */
export type WorkflowConfig = Omit<Parsed, "workflowConfig" | "omd"> & {
  workflowConfig: Parsed["workflowConfig"] & { successThreshold: number };
  omd: Parsed["omd"] & { createMissingOwners: boolean };
  /** Where it came from: for messages with line and column, and for the secrets it holds. */
  readonly origin: ConfigOrigin;
};

/** Fills in the defaults that depend on other keys. */
export function completeConfig(parsed: Parsed, origin: ConfigOrigin): WorkflowConfig {
  const profiler = parsed.source.sourceConfig.config["type"] === "Profiler";
  const server = parsed.workflowConfig.openMetadataServerConfig;
  const embedded = server === undefined || server.hostPort === "embedded";
  return {
    ...parsed,
    workflowConfig: {
      ...parsed.workflowConfig,
      successThreshold: parsed.workflowConfig.successThreshold ?? (profiler ? 80 : 90),
    },
    omd: { ...parsed.omd, createMissingOwners: parsed.omd.createMissingOwners ?? embedded },
    origin,
  };
}

/** JSON Schema (2020-12) of what a config file may hold, for editors. */
export function workflowConfigJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(workflowFile, { io: "input" }), title: "omd workflow" };
}
