import { hash } from "node:crypto";
import { lineageRemovalRecord, type LineageRemovalRecord, type Mark } from "@omd/schema";
import { z } from "zod";
import { edgeKey, type DrawnEdge, type Ground } from "./lineage.ts";

/** Marks of edges start with this. */
export const edgePrefix = "edge/";

/** What is known of an edge that the catalog has. */
export interface EdgeMemory {
  /** Hash of all that was written and of why. */
  readonly content: string;
  /** When it was written; epoch ms. */
  readonly at: number;
  readonly removal: LineageRemovalRecord;
  readonly grounds: readonly Ground[];
}

const stored = z.object({
  content: z.string(),
  at: z.number(),
  edge: z.unknown(),
  grounds: z.array(z.object({ from: z.string().exactOptional(), to: z.string().exactOptional() })),
});

/** Key of the edge's mark. */
export function edgeMarkKey(edge: DrawnEdge): string {
  return edgePrefix + hash("sha1", edgeKey(edge.record), "base64url");
}

/** Changes with what is written of an edge, with what it follows from, and with the run's `fingerprint`. */
export function contentOf({ record, grounds }: DrawnEdge, fingerprint: string): string {
  const reasons = grounds.map(({ from = "", to = "" }) => `${from}\n${to}`).toSorted();
  return hash("sha1", JSON.stringify([record.description ?? "", reasons, fingerprint]), "base64url");
}

export function edgeMark(edge: DrawnEdge, nowMs: number, fingerprint: string): Mark {
  const { from, to, pipeline } = edge.record;
  const value = {
    content: contentOf(edge, fingerprint),
    at: nowMs,
    edge: { from, to, pipeline },
    grounds: edge.grounds,
  };
  return { key: edgeMarkKey(edge), value: JSON.stringify(value) };
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
    const { content, at, edge, grounds } = memory.data;
    const removal = lineageRemovalRecord.safeParse(Object.assign({ kind: "lineageRemoval" }, edge));
    return removal.success ? { content, at, removal: removal.data, grounds } : undefined;
  } catch {
    return undefined;
  }
}
