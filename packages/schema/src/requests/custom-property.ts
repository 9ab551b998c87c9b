import { z } from "zod";
import { entityName, entityReference } from "../references.ts";
import { withoutNulls } from "./nulls.ts";

/** A property that an entity type has beside those of OpenMetadata. OpenMetadata: type/customProperty.json. */
export const customProperty = z.preprocess(
  withoutNulls,
  z.strictObject({
    name: entityName,
    displayName: z.string().optional(),
    description: z.string(),
    propertyType: entityReference,
    customPropertyConfig: z
      .strictObject({
        config: z
          .union([
            z.string(),
            z.array(z.string()),
            z.strictObject({ multiSelect: z.boolean().optional(), values: z.array(z.string()).optional() }),
            z.strictObject({
              columns: z.array(z.string()),
              minColumns: z.int().optional(),
              maxColumns: z.int().optional(),
            }),
          ])
          .optional(),
      })
      .optional(),
  }),
);
export type CustomProperty = z.infer<typeof customProperty>;
