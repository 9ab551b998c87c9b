import { entityTypes, namePattern, splitFqn, type EntityType } from "@omd/schema";
import { z } from "zod";

const allTypes = Object.keys(entityTypes) as [EntityType, ...EntityType[]];
const entityType = z.enum(allTypes);

const selection = {
  on: z.enum(["name", "fqn"]).default("name").describe("What the patterns are held against"),
  includes: z
    .array(namePattern)
    .optional()
    .describe("Regular expressions, matched at the start, case ignored; default: everything"),
  excludes: z.array(namePattern).optional().describe("Regular expressions of what is left out; they win over includes"),
};

const onSome = {
  ...selection,
  entityTypes: z
    .array(entityType)
    .min(1)
    .optional()
    .describe("Entity types it applies to; default: all that can have it"),
};

const tagFqn = z.string().superRefine((tag, context) => {
  try {
    if (splitFqn(tag).length === 2) return;
    context.addIssue({ code: "custom", message: "must be Classification.Tag" });
  } catch (error) {
    context.addIssue({ code: "custom", message: messageOf(error) });
  }
});

const expression = z.string().superRefine((pattern, context) => {
  try {
    if (new RegExp(pattern, "u").test(""))
      context.addIssue({ code: "custom", message: "must not match the empty text" });
  } catch (error) {
    context.addIssue({ code: "custom", message: messageOf(error) });
  }
});

const filter = z.strictObject({
  type: z.literal("filter"),
  entityType: entityType.describe(
    "Entities that are held against the patterns; what lies below a left-out one goes too",
  ),
  ...selection,
});

const addTags = z.strictObject({
  type: z.literal("add-tags"),
  tags: z.array(tagFqn).min(1).describe("Tags to add, as Classification.Tag; they are created when they are missing"),
  ...onSome,
});

const addDomains = z.strictObject({
  type: z.literal("add-domains"),
  domains: z.array(z.string().min(1)).min(1).describe("FQNs of the domains to add; they must exist in the catalog"),
  ...onSome,
});

const normalizeNames = z.strictObject({
  type: z.literal("normalize-names"),
  entityTypes: z.array(entityType).min(1).describe("Entity types whose names are changed, wherever they stand"),
  trim: z.boolean().default(false).describe("Cut white space at both ends; the first of the changes"),
  replace: z
    .array(z.strictObject({ pattern: expression, with: z.string() }))
    .default([])
    .describe("Regular expressions (JavaScript) and what each match becomes ($1 is a group), in this order"),
  case: z.enum(["lower", "upper"]).optional().describe("Letters of the name; the last of the changes"),
});

const redact = z.strictObject({
  type: z.literal("redact"),
  patterns: z.array(expression).default([]).describe("Regular expressions (JavaScript) whose matches are masked"),
  keys: z
    .array(z.string().min(1))
    .default([])
    .describe("Keys such as password, whose values in `password=…` or `password: …` are masked"),
  fields: z
    .array(z.string().min(1))
    .min(1)
    .default(["description", "taskSQL", "sqlQuery", "schemaDefinition", "sourceUrl"])
    .describe("Fields whose text is looked through"),
});

/** One entry of `omd.processors`. */
export const processorConfig = z.discriminatedUnion("type", [filter, addTags, addDomains, normalizeNames, redact]);
export type ProcessorConfig = z.infer<typeof processorConfig>;
export type FilterConfig = z.infer<typeof filter>;
export type AddTagsConfig = z.infer<typeof addTags>;
export type AddDomainsConfig = z.infer<typeof addDomains>;
export type NormalizeNamesConfig = z.infer<typeof normalizeNames>;
export type RedactConfig = z.infer<typeof redact>;

function messageOf(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
}
