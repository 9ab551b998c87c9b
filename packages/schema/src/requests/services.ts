import { z } from "zod";
import { entityName, entityReference, fqnText, tagLabel } from "../references.ts";

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
});
export type CreateService = z.infer<typeof createService>;
