import { z } from "zod";
import { entityReference } from "../references.ts";

export const lineageSource = z.enum([
  "Manual",
  "ViewLineage",
  "QueryLineage",
  "PipelineLineage",
  "DashboardLineage",
  "DbtLineage",
  "SparkLineage",
  "OpenLineage",
  "ExternalTableLineage",
  "CrossDatabaseLineage",
  "ChildAssets",
]);
export type LineageSource = z.infer<typeof lineageSource>;

export const columnLineage = z.strictObject({
  fromColumns: z.array(z.string()),
  toColumn: z.string(),
  function: z.string().optional(),
});
export type ColumnLineage = z.infer<typeof columnLineage>;

export const lineageDetails = z.strictObject({
  sqlQuery: z.string().optional(),
  columnsLineage: z.array(columnLineage).optional(),
  pipeline: entityReference.optional(),
  description: z.string().optional(),
  source: lineageSource.optional(),
  /** Of a service, domain or data product: how many edges of assets lead to the other. Catalogs count it; what a request says is not stored. */
  assetEdges: z.int().optional(),
});
export type LineageDetails = z.infer<typeof lineageDetails>;

/** OpenMetadata: api/lineage/addLineage.json. References need `id` and `type` only. */
export const addLineage = z.strictObject({
  edge: z.strictObject({
    fromEntity: entityReference,
    toEntity: entityReference,
    description: z.string().optional(),
    lineageDetails: lineageDetails.optional(),
  }),
});
export type AddLineage = z.infer<typeof addLineage>;
