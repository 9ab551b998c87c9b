import type { ChangeCounts, ChangedEntity, EmbeddedCatalog } from "@omd/catalog";

/** What a run did to entities, for the page; what came back from being deleted counts as updated. */
export interface RunChanges {
  /** `time`: nobody said what the run wrote; it is what changed while it ran. */
  readonly by: "run" | "time";
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly entities: readonly (Omit<ChangedEntity, "change"> & {
    readonly change: "created" | "updated" | "deleted";
  })[];
}

/** Of no run: nothing. */
export function changesOf(catalog: EmbeddedCatalog, runId: string | undefined, limit: number): RunChanges {
  if (runId === undefined) return { by: "run", created: 0, updated: 0, deleted: 0, entities: [] };
  return shown("run", catalog.history.counts(runId, limit));
}

/** What changed while a run went on and belongs to no other one, times in epoch ms. */
export function changesWhile(
  catalog: EmbeddedCatalog,
  { startedAt, endedAt }: { readonly startedAt: number; readonly endedAt: number },
  limit: number,
): RunChanges {
  return shown("time", catalog.history.unstampedBetween(startedAt, endedAt, limit));
}

function shown(by: RunChanges["by"], { created, updated, restored, deleted, entities }: ChangeCounts): RunChanges {
  return {
    by,
    created,
    updated: updated + restored,
    deleted,
    entities: entities.map((entity) => ({
      ...entity,
      change: entity.change === "restored" ? "updated" : entity.change,
    })),
  };
}
