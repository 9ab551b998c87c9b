import { z } from "zod";
import { entityName, fqnText } from "../references.ts";

/** OpenMetadata: api/classification/createClassification.json. */
export const createClassification = z.strictObject({
  name: entityName,
  description: z.string(),
  displayName: z.string().optional(),
  mutuallyExclusive: z.boolean().optional(),
});
export type CreateClassification = z.infer<typeof createClassification>;

/** OpenMetadata: api/classification/createTag.json. */
export const createTag = z.strictObject({
  name: entityName,
  description: z.string(),
  classification: fqnText.optional(),
  parent: fqnText.optional(),
  displayName: z.string().optional(),
});
export type CreateTag = z.infer<typeof createTag>;

/** OpenMetadata: api/teams/createUser.json. */
export const createUser = z.strictObject({
  name: entityName,
  email: z.string().min(6).max(127),
  displayName: z.string().optional(),
  description: z.string().optional(),
  isBot: z.boolean().optional(),
  isAdmin: z.boolean().optional(),
  teams: z.array(z.string()).optional(),
});
export type CreateUser = z.infer<typeof createUser>;

/** OpenMetadata: api/teams/createTeam.json. */
export const createTeam = z.strictObject({
  name: entityName,
  teamType: z.enum(["Group", "Department", "Division", "BusinessUnit", "Organization"]),
  displayName: z.string().optional(),
  description: z.string().optional(),
  email: z.string().optional(),
});
export type CreateTeam = z.infer<typeof createTeam>;
