import type { CatalogEntity } from "@omd/core";
import {
  entityReference,
  lineageDetails,
  pipelineStatus,
  taskStatus,
  type EntityReference,
  type FQN,
} from "@omd/schema";
import { z } from "zod";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Drops members that are null or undefined, at any depth; OpenMetadata's schemas know no null. Items of arrays are kept. */
export function withoutNulls<T>(value: T): T {
  // Nearly no value has any, and a copy of each is dear where thousands of runs pass.
  return holdsNull(value) ? copyWithoutNulls(value) : value;
}

function holdsNull(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => item !== null && holdsNull(item));
  if (!isObject(value) || "toJSON" in value) return false;
  for (const key in value) {
    const member = value[key];
    if (member === null || member === undefined || (typeof member === "object" && holdsNull(member))) return true;
  }
  return false;
}

function copyWithoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => copyWithoutNulls(item)) as T;
  if (!isObject(value) || "toJSON" in value) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(kept.map(([key, member]) => [key, copyWithoutNulls(member)])) as T;
}

/** An answer as newer servers may give it too: unknown fields are dropped, nulls count as absent. */
const tolerant = <T extends z.ZodType>(schema: T) => z.preprocess((value) => withoutNulls(value), schema);

const reference = z.object(entityReference.shape);

const entity = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  fullyQualifiedName: z.string().min(1),
  version: z.number().optional(),
  deleted: z.boolean().optional(),
  sourceHash: z.string().optional(),
});

/** An entity, unknown fields kept. */
export function parseEntity(value: unknown): CatalogEntity {
  return tolerant(entity).parse(value) as unknown as CatalogEntity;
}

/** A row of a listing or hit of a search; undefined when it lacks what every entity has. */
export function entityOrNothing(value: unknown): CatalogEntity | undefined {
  const parsed = tolerant(entity).safeParse(value);
  return parsed.success ? (parsed.data as unknown as CatalogEntity) : undefined;
}

/** The reference to an entity. */
export function referenceTo(type: string, of: CatalogEntity): EntityReference {
  const displayName = typeof of["displayName"] === "string" ? of["displayName"] : undefined;
  return {
    id: of.id,
    type,
    name: of.name,
    fullyQualifiedName: of.fullyQualifiedName,
    ...(displayName === undefined ? {} : { displayName }),
  };
}

const cursor = z.string().min(1).optional();
export const listPage = tolerant(
  z.object({ data: z.array(entity), paging: z.object({ total: z.int().min(0), after: cursor }) }),
);

export const versionAnswer = tolerant(z.object({ version: z.string().min(1) }));

const bulkItem = z.object({ request: z.unknown(), status: z.number().optional(), message: z.string().optional() });
export const bulkAnswer = tolerant(
  z.object({
    status: z.string().optional(),
    abortReason: z.string().optional(),
    successRequest: z.array(bulkItem).default([]),
    failedRequest: z.array(bulkItem).default([]),
  }),
);
export type BulkAnswer = z.infer<typeof bulkAnswer>;

export const searchAnswer = tolerant(
  z.object({ hits: z.object({ hits: z.array(z.object({ _source: z.record(z.string(), z.unknown()) })).default([]) }) }),
);

const details = z.object({ ...lineageDetails.shape, pipeline: reference.optional() });
/** `edge` holds the details themselves; a whole edge, as in other answers, is taken too. */
export const edgeAnswer = tolerant(
  z.object({
    edge: z.union([z.object({ lineageDetails: details }).transform((edge) => edge.lineageDetails), details]),
  }),
);

const lineageEdge = z.object({
  fromEntity: z.union([z.string(), z.object({ id: z.string() }).transform((end) => end.id)]),
  toEntity: z.union([z.string(), z.object({ id: z.string() }).transform((end) => end.id)]),
  lineageDetails: details.optional(),
});
export const lineageAnswer = tolerant(
  z.object({
    entity: reference,
    nodes: z.array(reference).default([]),
    upstreamEdges: z.array(lineageEdge).default([]),
    downstreamEdges: z.array(lineageEdge).default([]),
  }),
);
export type LineageAnswer = z.infer<typeof lineageAnswer>;

// What a run read and wrote is not asked for: however a server gives it, it must not stop the reading.
const unread = { inputs: true, outputs: true, metrics: true } as const;
const readTask = taskStatus.omit({ ...unread, transformationType: true, transformationLogic: true });
const runStatus = z.object({
  ...pipelineStatus.omit({ ...unread, error: true }).shape,
  taskStatus: z.array(z.object(readTask.shape)).optional(),
  executedBy: reference.optional(),
});
export const statusPage = tolerant(
  z.object({ data: z.array(runStatus).default([]), paging: z.object({ after: cursor }).default({}) }),
);

/** What is kept of an earlier state of the same ingestion run. */
export const ingestionRunAnswer = tolerant(
  z.object({
    startDate: z.number().optional(),
    config: z.record(z.string(), z.unknown()).optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }),
);

export const serviceAnswer = tolerant(
  z.object({ connection: z.object({ config: z.record(z.string(), z.unknown()).optional() }).optional() }),
);

/** A type without `customProperties` has none. */
export const typeAnswer = tolerant(
  z.object({
    customProperties: z
      .array(z.object({ name: z.string(), propertyType: z.object({ name: z.string().optional() }).optional() }))
      .default([]),
  }),
);

/** Compares names as OpenMetadata's search does. */
export const sameText = (a: unknown, b: string): boolean =>
  typeof a === "string" && a.toLowerCase() === b.toLowerCase();

export const asFqn = (text: string): FQN => text as FQN;
