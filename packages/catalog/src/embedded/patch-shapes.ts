import { databaseProfilerConfig, entityReference, tableProfilerConfig, tagLabel, timestamp } from "@omd/schema";
import { z } from "zod";

const reference = entityReference.extend({ id: z.guid() });
const references = z.array(reference);
const text = z.string();
const flag = z.boolean();
const count = z.int();

/** OpenMetadata: entity/data/table.json, fileFormat. */
const fileFormats =
  "csv csv.gz tsv avro parquet pq pqt parq parquet.snappy json json.gz json.zip jsonl jsonl.gz jsonl.zip MF4".split(
    " ",
  );

const access = z.strictObject({
  timestamp,
  accessedBy: reference.optional(),
  accessedByAProcess: text.optional(),
});

/** Fields that no create request has, or in a wider form, and that a patch may set; names mean the same on all types. */
export const patchShapes: Readonly<Record<string, z.ZodType>> = {
  ...each("followers pipelines owns follows inheritedRoles inheritedPersonas consumesFrom providesTo", references),
  ...each("location ingestionRunner", reference),
  ...each("processedLineage compressionEnabled disabled deprecated allowImpersonation isEmailVerified", flag),
  ...each("allowDelete allowEdit supportsRowLevelPassedFailed supportsDynamicAssertion enabled deployed", flag),
  ...each("executable inherited", flag),
  ...each("usageCount userCount", count),
  ...each("createdTime modifiedTime lastLoginTime lastActivityTime", timestamp),
  ...each("code compressionCodec sourceUrl applicationType createdBy inspectionQuery", text),
  ...each("webViewLink downloadLink server endpointURL", z.url()),
  ...each("startDate endDate", z.iso.datetime({ local: true, offset: true })),
  email: text
    .min(6)
    .max(127)
    .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/u, "is no e-mail address"),
  fileFormat: z.enum(fileFormats),
  queries: z.array(text),
  retentionPeriod: z.iso.duration(),
  provider: z.enum(["system", "user", "automation"]),
  entityStatus: z.enum(["Draft", "In Review", "Approved", "Deprecated", "Rejected", "Unprocessed"]),
  votes: z.strictObject({
    upVotes: count.optional(),
    downVotes: count.optional(),
    upVoters: references.optional(),
    downVoters: references.optional(),
  }),
  certification: z.strictObject({ tagLabel, appliedDate: timestamp, expiryDate: timestamp }),
  lifeCycle: z.strictObject({ created: access.optional(), updated: access.optional(), accessed: access.optional() }),
  extension: z.record(text, z.unknown()),
  tableProfilerConfig,
  databaseProfilerConfig,
  databaseSchemaProfilerConfig: databaseProfilerConfig,
};

function each(fields: string, shape: z.ZodType): Record<string, z.ZodType> {
  return Object.fromEntries(fields.split(" ").map((field) => [field, shape]));
}
