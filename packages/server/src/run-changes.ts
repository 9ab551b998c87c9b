import type { ChangedEntity, EmbeddedCatalog } from "@omd/catalog";

/** What a run did to entities, for the page; what came back from being deleted counts as updated. */
export interface RunChanges {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly entities: readonly (Omit<ChangedEntity, "change"> & {
    readonly change: "created" | "updated" | "deleted";
  })[];
}

/** Of no run: nothing. */
export function changesOf(catalog: EmbeddedCatalog, runId: string | undefined, limit: number): RunChanges {
  if (runId === undefined) return { created: 0, updated: 0, deleted: 0, entities: [] };
  const { created, updated, restored, deleted, entities } = catalog.history.counts(runId, limit);
  return {
    created,
    updated: updated + restored,
    deleted,
    entities: entities.map((entity) => ({
      ...entity,
      change: entity.change === "restored" ? "updated" : entity.change,
    })),
  };
}
