import { z } from "zod";
import { namePattern } from "@omd/schema";
import { dbtConfigSource } from "./config-places.ts";

export {
  dbtConfigSource,
  type AzureBlobs,
  type DbtCloud,
  type DbtConfigSource,
  type GcsObjects,
  type HttpFiles,
  type LocalFiles,
  type S3Objects,
} from "./config-places.ts";

const filterPattern = z
  .strictObject({
    includes: z.array(namePattern).optional().describe("Regular expressions; a name must match one of them."),
    excludes: z.array(namePattern).optional().describe("Regular expressions; a name that matches one is left out."),
  })
  .nullish()
  .transform((value) => value ?? undefined)
  .describe("Regular expressions in Python's syntax, matched from the start and without regard to case.");

/** A switch that a form may have left empty. */
function choice(fallback: boolean, description: string) {
  return z
    .boolean()
    .nullish()
    .transform((value) => value ?? fallback)
    .describe(`${description} Default: ${fallback}.`);
}

/** `sourceConfig.config` of a source of type `dbt`; `serviceName` names the database service of the tables. */
export const dbtOptions = z.strictObject({
  type: z.literal("DBT").default("DBT").describe("Always `DBT`."),
  dbtConfigSource,
  searchAcrossDatabases: choice(false, "Tables that the service does not have are looked up in all services."),
  dbtUpdateDescriptions: choice(false, "Descriptions of dbt overwrite those that the catalog has."),
  dbtUpdateOwners: choice(false, "Owners of dbt overwrite those that the catalog has."),
  createMissingTables: z
    .boolean()
    .nullish()
    .transform((value) => value ?? undefined)
    .describe(
      "Tables that the catalog does not have are made, with their database, schema and service. Default: true for the embedded catalog and for a file, false for a server.",
    ),
  includeProjectPipeline: z
    .boolean()
    .nullish()
    .transform((value) => value ?? undefined)
    .describe(
      "The project becomes a pipeline with its models, seeds and snapshots as tasks, and a run for each run results file. Default: true for the embedded catalog and for a file, false for a server.",
    ),
  includeTags: choice(true, "Tags of dbt."),
  overrideLineage: choice(false, "Every edge is sent again, and those that dbt drew before are removed first."),
  dbtClassificationName: z
    .string()
    .nullish()
    .transform((value) => value || "dbtTags")
    .describe("Classification that tags of dbt are put in. Default: dbtTags."),
  databaseFilterPattern: filterPattern,
  schemaFilterPattern: filterPattern,
  tableFilterPattern: filterPattern,
  tagFilterPattern: filterPattern,
  dbtWarningsAs: z
    .enum(["Failed", "Success"])
    .nullish()
    .transform((value) => value ?? "Failed")
    .describe("Status in the catalog of tests that warn, and of sources whose freshness warns. Default: Failed."),
  parsingTimeoutLimit: z
    .int()
    .nullish()
    .transform((value) => value ?? 300)
    .describe("Seconds that the parsing of one query may take. Default: 300."),
});
export type DbtOptions = z.infer<typeof dbtOptions>;
