import { z } from "zod";
import { anyObject, entityName, entityReference, fqnText, tagLabel } from "../references.ts";

/** What all create<X>Service.json of OpenMetadata share. `connection.config` is kept as it is given. */
export const createService = z.strictObject({
  name: entityName,
  serviceType: z.string(),
  connection: z.strictObject({ config: z.record(z.string(), z.unknown()) }).optional(),
  displayName: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(tagLabel).optional(),
  owners: z.array(entityReference).optional(),
  domains: z.array(fqnText).optional(),
  dataProducts: z.array(fqnText).optional(),
  ingestionRunner: entityReference.optional(),
});
export type CreateService = z.infer<typeof createService>;

/** OpenMetadata: api/services/createPipelineService.json. */
export const createPipelineService = createService.extend({
  scheduleInterval: z.string().optional(),
  lifeCycle: anyObject.optional(),
});

/** OpenMetadata: api/services/createMetadataService.json. */
export const createMetadataService = createService.omit({ dataProducts: true });
