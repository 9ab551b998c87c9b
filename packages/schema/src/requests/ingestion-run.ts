import { randomUUID } from "node:crypto";
import { z } from "zod";
import { timestamp } from "../references.ts";
import { ingestionRunStatus } from "./ingestion-pipeline.ts";
import { withoutNulls } from "./nulls.ts";

const step = z.strictObject({
  name: z.string(),
  records: z.int().default(0),
  updated_records: z.int().default(0),
  warnings: z.int().default(0),
  errors: z.int().default(0),
  filtered: z.int().default(0),
  failures: z
    .array(z.strictObject({ name: z.string(), error: z.string(), stackTrace: z.string().optional() }))
    .default([]),
  progress: z.record(z.string(), z.unknown()).optional(),
});

/**
 * State of an ingestion run as any client of OpenMetadata sends it: figures that it leaves out are 0, a run without id gets one.
 * Progress within a step is not kept. OpenMetadata: entity/services/ingestionPipelines/ingestionPipeline.json, `pipelineStatus`.
 */
export const ingestionRunReport = z.preprocess(
  withoutNulls,
  z
    .strictObject({
      runId: z.string().min(1).optional(),
      pipelineState: ingestionRunStatus.shape.pipelineState,
      startDate: timestamp.optional(),
      timestamp: timestamp.optional(),
      endDate: timestamp.optional(),
      status: z.array(step).optional(),
      config: z.record(z.string(), z.unknown()).optional(),
      metadata: z.record(z.string(), z.unknown()).optional(),
    })
    .transform(({ runId = randomUUID(), startDate, timestamp: at, status, ...rest }) => {
      const known = startDate ?? at ?? Date.now();
      const steps = status?.map((given) => {
        const { progress: _, ...kept } = given;
        return kept;
      });
      return {
        ...rest,
        runId,
        startDate: known,
        timestamp: at ?? known,
        ...(steps === undefined ? {} : { status: steps }),
      };
    }),
);
export type IngestionRunReport = z.infer<typeof ingestionRunReport>;
