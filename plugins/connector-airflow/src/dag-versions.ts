import type { AirflowClient } from "./client.ts";
import { msOf } from "./status-mapping.ts";

/** Versions may be committed a little after the moment they are dated; ms. */
const overlapMs = 30_000;
const fewestPages = 10;
const parallelPages = 8;

/** What Airflow 3's list of DAG versions tells. */
export interface DagVersions {
  /** To remember: a later version of any DAG is newer than this (epoch ms). */
  readonly since: number;
  /** The newest version of a DAG, as far as the list was read. */
  newest(dagId: string): { readonly number: number; readonly createdMs: number } | undefined;
  /** Whether all versions after `sinceMs` were read. */
  covers(sinceMs: number): boolean;
}

/**
 * Reads the list of versions, newest first, back to `untilMs` or, without it, to its end; it may be much longer than the list of DAGs, so no more than
 * twice the pages of `dagCount` DAGs are read. Throws HttpErrors.
 */
export async function readDagVersions(
  client: AirflowClient,
  dagCount: number,
  untilMs: number | undefined,
): Promise<DagVersions> {
  const newest = new Map<string, { number: number; createdMs: number }>();
  const startedMs = Date.now();
  let pagesLeft = Math.max(fewestPages, Math.ceil(dagCount / 50));
  let latestMs = 0;
  let oldestMs = Infinity;
  let brokeOff = false;
  // With a moment to go back to, the first page is mostly enough.
  const pages = client.dagVersions(untilMs === undefined ? parallelPages : 1);
  for await (const rows of pages) {
    for (const row of rows) {
      const createdMs = msOf(row.created_at) ?? 0;
      latestMs = Math.max(latestMs, createdMs);
      oldestMs = Math.min(oldestMs, createdMs);
      const known = newest.get(row.dag_id);
      if (known === undefined || known.number < row.version_number)
        newest.set(row.dag_id, { number: row.version_number, createdMs });
    }
    pagesLeft -= 1;
    brokeOff = pagesLeft === 0 || (untilMs !== undefined && oldestMs < untilMs);
    if (brokeOff) break;
  }
  if (!brokeOff) oldestMs = -Infinity;
  return {
    since: Math.min(latestMs, startedMs - overlapMs),
    newest: (dagId) => newest.get(dagId),
    covers: (sinceMs) => oldestMs <= sinceMs,
  };
}
