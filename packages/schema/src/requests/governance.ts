import { z } from "zod";
import { anyObject, entityName, entityReference, fqnText, provider, standardFields, tagLabel } from "../references.ts";

const shown = { displayName: z.string().optional(), description: z.string().optional() };
const described = { displayName: z.string().optional(), description: z.string() };
const ids = z.array(z.string());
const references = z.array(entityReference);

/** OpenMetadata: api/classification/createClassification.json. */
export const createClassification = z.strictObject({
  name: entityName,
  ...described,
  owners: references.optional(),
  domains: z.array(fqnText).optional(),
  provider: provider.optional(),
  mutuallyExclusive: z.boolean().optional(),
  reviewers: references.optional(),
  autoClassificationConfig: anyObject.optional(),
});
export type CreateClassification = z.infer<typeof createClassification>;

/** OpenMetadata: api/classification/createTag.json. */
export const createTag = z.strictObject({
  name: entityName,
  ...described,
  classification: fqnText.optional(),
  parent: fqnText.optional(),
  owners: references.optional(),
  domains: z.array(fqnText).optional(),
  style: anyObject.optional(),
  associatedTags: z.array(z.string()).optional(),
  provider: provider.optional(),
  mutuallyExclusive: z.boolean().optional(),
  reviewers: references.optional(),
  recognizers: z.array(anyObject).optional(),
  autoClassificationEnabled: z.boolean().optional(),
  autoClassificationPriority: z.int().optional(),
});
export type CreateTag = z.infer<typeof createTag>;

/** OpenMetadata: api/data/createGlossary.json. */
export const createGlossary = z.strictObject({
  name: entityName,
  ...described,
  owners: references.optional(),
  tags: z.array(tagLabel).optional(),
  domains: z.array(fqnText).optional(),
  extension: standardFields.extension,
  reviewers: references.optional(),
  provider: provider.optional(),
  mutuallyExclusive: z.boolean().optional(),
});

/** OpenMetadata: api/data/createGlossaryTerm.json. */
export const createGlossaryTerm = z.strictObject({
  name: entityName,
  ...described,
  glossary: fqnText,
  parent: fqnText.optional(),
  owners: references.optional(),
  tags: z.array(tagLabel).optional(),
  extension: standardFields.extension,
  style: anyObject.optional(),
  synonyms: z.array(z.string()).optional(),
  relatedTerms: z.array(fqnText).optional(),
  references: z.array(anyObject).optional(),
  reviewers: references.optional(),
  provider: provider.optional(),
  mutuallyExclusive: z.boolean().optional(),
});

/** OpenMetadata: api/domains/createDomain.json. */
export const createDomain = z.strictObject({
  name: entityName,
  ...described,
  domainType: z.enum(["Source-aligned", "Consumer-aligned", "Aggregate"]),
  fullyQualifiedName: fqnText.optional(),
  parent: z.string().optional(),
  owners: references.optional(),
  tags: z.array(tagLabel).optional(),
  extension: standardFields.extension,
  style: anyObject.optional(),
  experts: z.array(z.string()).optional(),
});

/** OpenMetadata: api/domains/createDataProduct.json. */
export const createDataProduct = z.strictObject({
  name: entityName,
  ...described,
  domains: z.array(fqnText),
  fullyQualifiedName: fqnText.optional(),
  owners: references.optional(),
  tags: z.array(tagLabel).optional(),
  extension: standardFields.extension,
  style: anyObject.optional(),
  experts: z.array(z.string()).optional(),
  reviewers: references.optional(),
  assets: references.optional(),
});

/** OpenMetadata: api/teams/createUser.json. */
export const createUser = z.strictObject({
  name: entityName,
  email: z.string().min(6).max(127),
  ...shown,
  domains: z.array(fqnText).optional(),
  externalId: z.string().optional(),
  scimUserName: z.string().optional(),
  timezone: z.string().optional(),
  isBot: z.boolean().optional(),
  botName: z.string().optional(),
  isAdmin: z.boolean().optional(),
  profile: anyObject.optional(),
  teams: ids.optional(),
  roles: ids.optional(),
  personas: references.optional(),
  defaultPersona: entityReference.optional(),
  authenticationMechanism: anyObject.optional(),
  createPasswordType: z.enum(["ADMIN_CREATE", "USER_CREATE"]).optional(),
  password: z.string().optional(),
  confirmPassword: z.string().optional(),
});
export type CreateUser = z.infer<typeof createUser>;

/** OpenMetadata: api/teams/createTeam.json. */
export const createTeam = z.strictObject({
  name: entityName,
  teamType: z.enum(["Group", "Department", "Division", "BusinessUnit", "Organization"]),
  ...shown,
  owners: references.optional(),
  domains: z.array(fqnText).optional(),
  email: z.string().optional(),
  externalId: z.string().optional(),
  profile: anyObject.optional(),
  parents: ids.optional(),
  children: ids.optional(),
  users: ids.optional(),
  defaultRoles: ids.optional(),
  defaultPersona: z.string().optional(),
  isJoinable: z.boolean().optional(),
  policies: ids.optional(),
});
export type CreateTeam = z.infer<typeof createTeam>;

/** OpenMetadata: api/teams/createRole.json. */
export const createRole = z.strictObject({
  name: entityName,
  ...shown,
  domains: z.array(fqnText).optional(),
  policies: z.array(fqnText),
});

/** The fields of OpenMetadata's policy that a role needs. */
export const createPolicy = z.strictObject({
  name: entityName,
  ...shown,
  owners: references.optional(),
  domains: z.array(fqnText).optional(),
  enabled: z.boolean().optional(),
  rules: z.array(
    z.strictObject({
      name: z.string().min(1),
      description: z.string().optional(),
      effect: z.enum(["allow", "deny"]),
      operations: z.array(z.string()),
      resources: z.array(z.string()),
      condition: z.string().optional(),
    }),
  ),
});
