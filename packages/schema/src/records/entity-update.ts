import { z } from "zod";
import type { EntityType } from "../entity-types.ts";
import type { FQN } from "../fqn.ts";
import { base, entityKey, fqn, type RecordBase } from "../record-parts.ts";
import { anyObject, entityReference, tagLabel, timestamp } from "../references.ts";

const step = z.looseObject({ timestamp });

/** What an update says. Columns are named by what follows the table in their FQN (`id`, `address.city`), whatever the case. */
export const entitySet = z.strictObject({
  description: z.string().optional(),
  columnDescriptions: z.record(z.string(), z.string()).optional(),
  tags: z.array(tagLabel).optional(),
  columnTags: z.record(z.string(), z.array(tagLabel)).optional(),
  owners: z.array(entityReference).optional(),
  /** FQN of a tag of the classification `Tier`; an entity has one at most. */
  tier: fqn.optional(),
  domains: z.array(fqn).optional(),
  glossaryTerms: z.array(fqn).optional(),
  /** Custom properties by name. */
  extension: anyObject.optional(),
  /** Replaced by a later timestamp (ms). */
  lifeCycle: z
    .strictObject({ created: step.optional(), updated: step.optional(), accessed: step.optional() })
    .optional(),
});
export type EntitySet = z.infer<typeof entitySet>;

/** Fields that people may have written. */
export const curatedFields = ["description", "owners", "tier", "domains", "extension"] as const;
export type CuratedField = (typeof curatedFields)[number];

/**
 * What a source said about an entity in an earlier run, to be kept as a mark: texts and values as short hashes, tags by FQN.
 * What the catalog still has of it nobody else has touched since.
 */
export const saidSet = z.strictObject({
  description: z.string().optional(),
  columnDescriptions: z.record(z.string(), z.string()).optional(),
  owners: z.string().optional(),
  domains: z.string().optional(),
  tier: z.string().optional(),
  /** By name of the custom property. */
  extension: z.record(z.string(), z.string()).optional(),
  tags: z.array(z.string()).optional(),
  columnTags: z.record(z.string(), z.array(z.string())).optional(),
});
export type SaidSet = z.infer<typeof saidSet>;

/** Adds to an entity that another source owns. What is empty is filled, tags are added; nothing is replaced or removed but what `override` and `said` name. */
export interface EntityUpdateRecord extends RecordBase {
  kind: "entityUpdate";
  entityType: EntityType;
  fqn: FQN;
  set: EntitySet;
  /** Fields that replace what is there, as `overrideMetadata` makes all; `description` means those of columns too. */
  override?: CuratedField[] | undefined;
  /**
   * What was said in earlier runs. Where the catalog still has it, it is replaced by what `set` says; tags, tier and custom properties that `set` lacks are
   * removed, descriptions, owners and domains never. What people wrote in its place stays.
   */
  said?: SaidSet[] | undefined;
}

export const entityUpdateRecord = z.strictObject({
  ...base,
  ...entityKey.shape,
  kind: z.literal("entityUpdate"),
  set: entitySet,
  override: z.array(z.enum(curatedFields)).optional(),
  said: z.array(saidSet).optional(),
});
