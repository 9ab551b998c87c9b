import { hash } from "node:crypto";
import { lineageRemovalRecord, type EntityKey, type LineageRemovalRecord, type Mark } from "@omd/schema";
import { z } from "zod";

/** Marks of edges start with this; then come the project, the unique id of what the edge leads to, and the edge. */
export const edgePrefix = "graph/edge/";
const noEdge = "none";

/** What is known of an edge that the catalog has, or that there is none into a thing. */
export interface EdgeMemory {
  /** Hash of all that the edges into the same thing were derived from. */
  readonly basis: string;
  /** How many edges that gave. */
  readonly count: number;
  /** Hash of the column lineage. */
  readonly columns: string;
  /** When it was written; epoch ms. */
  readonly at: number;
  /** Unique id of where it comes from. */
  readonly via: string;
  /** Whether there was SQL to read. */
  readonly hasSql: boolean;
  /** Only SQL names it: dbt does not know of it. */
  readonly isNamed: boolean;
  /** Of the run that wrote it: another one may write it otherwise. */
  readonly fingerprint: string;
  /** Why the SQL could not be read, or not all of it. */
  readonly failure: string | undefined;
  /** Undefined where there is no edge. */
  readonly removal: LineageRemovalRecord | undefined;
}

const stored = z.object({
  basis: z.string(),
  count: z.number(),
  columns: z.string(),
  at: z.number(),
  via: z.string(),
  hasSql: z.boolean(),
  isNamed: z.boolean(),
  fingerprint: z.string().default(""),
  failure: z.string().optional(),
  edge: z.unknown(),
});

export function projectPrefix(project: string): string {
  return `${edgePrefix}${encodeURIComponent(project)}/`;
}

export function targetPrefix(project: string, toId: string): string {
  return `${projectPrefix(project)}${encodeURIComponent(toId)}/`;
}

/** The project and the unique id in a key of an edge's mark. */
export function partsOfKey(key: string): { project: string; toId: string } {
  const [project = "", toId = ""] = key.slice(edgePrefix.length).split("/");
  return { project: decodeURIComponent(project), toId: decodeURIComponent(toId) };
}

/** The pair of ends: whatever else is said of it, an edge between them has the same key. */
export function edgeMarkKey(project: string, toId: string, from: EntityKey, to: EntityKey): string {
  const pair = [from.entityType, from.fqn, to.entityType, to.fqn].join("\n");
  return targetPrefix(project, toId) + hash("sha1", pair, "base64url");
}

/** Key of the mark that says that nothing leads to a thing. */
export function noEdgeKey(project: string, toId: string): string {
  return targetPrefix(project, toId) + noEdge;
}

export function edgeMark(key: string, memory: EdgeMemory): Mark {
  const { removal, ...rest } = memory;
  const edge = removal && { from: removal.from, to: removal.to, source: removal.source, pipeline: removal.pipeline };
  return { key, value: JSON.stringify({ ...rest, edge }) };
}

/** Stays once the edge was removed, so that a removal which the catalog refused is tried again; forgotten by the next run. */
export function removedMark(key: string): Mark {
  return { key, value: JSON.stringify({ removed: true }) };
}

/** Undefined for an edge that was removed, and for marks of another form. */
export function rememberedEdge(value: string | undefined): EdgeMemory | undefined {
  try {
    const memory = stored.safeParse(JSON.parse(value ?? ""));
    if (!memory.success) return undefined;
    const { edge, failure, ...rest } = memory.data;
    if (edge === undefined) return { ...rest, failure, removal: undefined };
    const removal = lineageRemovalRecord.safeParse(Object.assign({ kind: "lineageRemoval" }, edge));
    return removal.success ? { ...rest, failure, removal: removal.data } : undefined;
  } catch {
    return undefined;
  }
}

export function hashOf(value: unknown): string {
  return hash("sha1", JSON.stringify(value), "base64url");
}
