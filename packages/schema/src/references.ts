import { z } from "zod";

export const entityReference = z.strictObject({
  id: z.string(),
  type: z.string(),
  name: z.string().optional(),
  fullyQualifiedName: z.string().optional(),
  description: z.string().optional(),
  displayName: z.string().optional(),
  deleted: z.boolean().optional(),
  inherited: z.boolean().optional(),
  href: z.string().optional(),
});
export type EntityReference = z.infer<typeof entityReference>;

/** A reference that is kept as it is given: nobody looks up what it names. */
export const keptReference = entityReference.extend({ id: z.guid(), href: z.url().optional() });

export const tagLabel = z.strictObject({
  tagFQN: z.string(),
  name: z.string().optional(),
  displayName: z.string().optional(),
  description: z.string().optional(),
  source: z.enum(["Classification", "Glossary"]),
  labelType: z.enum(["Manual", "Propagated", "Automated", "Derived", "Generated"]),
  state: z.enum(["Suggested", "Confirmed"]),
  style: z.record(z.string(), z.unknown()).optional(),
  href: z.string().optional(),
  reason: z.string().optional(),
  appliedAt: z.string().optional(),
  appliedBy: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type TagLabel = z.infer<typeof tagLabel>;

/** An object of OpenMetadata that is kept as it is given. */
export const anyObject = z.record(z.string(), z.unknown());
export const provider = z.enum(["system", "user", "automation"]);
/** Epoch milliseconds. */
export const timestamp = z.int();
const allowedName = /^(?!.*(?:::|\0|\p{Cs}))/su;
const refusedName = "a name may not hold `::`, NUL or half of a surrogate pair";
/** `::` stands between the parts of entity links; the others no database and no URL can hold. */
export const entityName = z.string().min(1).max(256).regex(allowedName, refusedName);
/** As long as one likes. */
export const testCaseName = z.string().min(1).regex(allowedName, refusedName);
export const fqnText = z.string().min(1).max(3072);
/** Stable hash of the create request, at most 32 characters. */
export const sourceHash = z.string().min(1).max(32);

/** Fields that nearly every create request has. */
export const standardFields = {
  displayName: z.string().optional(),
  description: z.string().optional(),
  owners: z.array(entityReference).optional(),
  tags: z.array(tagLabel).optional(),
  domains: z.array(fqnText).optional(),
  dataProducts: z.array(fqnText).optional(),
  lifeCycle: z.record(z.string(), z.unknown()).optional(),
  extension: z.record(z.string(), z.unknown()).optional(),
  sourceHash: sourceHash.optional(),
};
