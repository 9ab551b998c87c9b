import { resolve } from "node:path";
import type { EmbeddedCatalog } from "@omd/catalog";
import { usageError } from "./usage-error.ts";

export interface FoundRun {
  readonly runId: string;
  /** Epoch ms. */
  readonly endedAt: number;
  /** Not known of a run whose report is gone. */
  readonly serviceName?: string | undefined;
}

/** A run of the embedded catalog: its id, the beginning of one, `latest` or `latest~1`. Throws a usage error. */
export async function findRun(embedded: EmbeddedCatalog, omdHome: string, text: string): Promise<FoundRun> {
  const { KeptReports } = await import("@omd/core");
  const runs = new KeptReports(resolve(omdHome)).list().filter(({ catalogKind }) => catalogKind === "embedded");
  const back = /^latest(?:~(\d+))?$/.exec(text);
  if (back) {
    const run = runs[Number(back[1] ?? 0)];
    if (run) return run;
    throw usageError(`there is no run ${text}: ${resolve(omdHome)} has the reports of ${runs.length}`);
  }
  const found = new Map<string, FoundRun>();
  for (const run of runs) if (run.runId.startsWith(text) && !found.has(run.runId)) found.set(run.runId, run);
  for (const runId of embedded.history.runIds(text)) {
    const endedAt = found.has(runId) ? undefined : embedded.history.endOf(runId);
    if (endedAt !== undefined) found.set(runId, { runId, endedAt });
  }
  const exact = found.get(text);
  const [first] = found.values();
  if (exact) return exact;
  if (text === "" || !first)
    throw usageError(
      `there is no run ${JSON.stringify(text)}\n  Name its id or the beginning of it, latest, or latest~1 for the one before.`,
    );
  if (found.size > 1)
    throw usageError(`${text} is the beginning of ${found.size} runs: ${[...found.keys()].join(", ")}`);
  return first;
}
