import { z } from "zod";
import { entityReference, fqnText, timestamp } from "../references.ts";
import { withoutNulls } from "./nulls.ts";

/** A day, `YYYY-MM-DD`. */
export const usageDate = z.iso.date();

/** How often an entity was used on a day. OpenMetadata: type/usageRequest.json. */
export const usageRequest = z.preprocess(withoutNulls, z.strictObject({ date: usageDate, count: z.int().min(0) }));
export type UsageRequest = z.infer<typeof usageRequest>;

/** What a query cost. OpenMetadata: api/data/createQueryCostRecord.json. */
export const createQueryCostRecord = z.preprocess(
  withoutNulls,
  z.strictObject({
    timestamp,
    jsonSchema: z.string().optional(),
    queryReference: entityReference,
    cost: z.number(),
    count: z.number(),
    totalDuration: z.number().optional(),
  }),
);
export type CreateQueryCostRecord = z.infer<typeof createQueryCostRecord>;

/** Entities that a query uses. */
export const queryUsage = z.preprocess(withoutNulls, z.array(entityReference));
/** FQNs of users who ran a query. */
export const queryUsers = z.array(fqnText);
/** Names of whoever ran a query and is no user of the catalog. */
export const queryUsedBy = z.array(z.string().min(1));
