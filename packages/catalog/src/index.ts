export * from "./embedded/embedded-catalog.ts";
export { entityState } from "./embedded/entity-store.ts";
export type { GraphColumn, GraphEdge, GraphNode } from "./embedded/graph-shape.ts";
export type { GraphDirection } from "./embedded/graph-direction.ts";
export type { Impact, ImpactItem, LineageGraph } from "./embedded/graph-store.ts";
export type { CatalogCounts, ServiceOverview } from "./embedded/overview.ts";
export {
  facetKinds,
  type FacetCount,
  type FacetHit,
  type FacetKind,
  type FacetSearchResult,
} from "./embedded/search-facets.ts";
export type {
  ChangeCounts,
  ChangedEdge,
  ChangedEntity,
  ChangeKind,
  Differences,
  EntityDifference,
  FieldDifference,
} from "./embedded/run-history.ts";
export type { CatalogAt } from "./embedded/catalog-at.ts";
export type { EdgeStep } from "./embedded/rollback-edges.ts";
export type { RollbackPlan, RollbackRefusal, RollbackStep } from "./embedded/rollback.ts";
export type { SearchMatch } from "./embedded/search-matches.ts";
export type { PageFilters } from "./embedded/entity-filters.ts";
export type { Page, PageOptions } from "./embedded/entity-page.ts";
export type { Scanned, ScanOptions } from "./embedded/entity-scan.ts";
export { viewTypes } from "./embedded/views-migration.ts";
export type { NameHit } from "./embedded/entity-search.ts";
export type { IngestionRun } from "./embedded/time-series.ts";
export * from "./embedded/dead-letters.ts";
export * from "./embedded/event-store.ts";
export type { EventEnd } from "./embedded/event-ends.ts";
export type { EventWait } from "./embedded/event-waits.ts";
export * from "./open.ts";
export * from "./rest/rest-catalog.ts";
export { catalogHeader, runHeader } from "./rest/transport.ts";
export * from "./server-config.ts";
export type { ExtraAnswer, ExtraCall, ExtraInput } from "./embedded/extras/extras.ts";
export { profileKinds, type ProfileKind } from "./embedded/extras/profiles.ts";
export { profilerConfigFields, type ProfiledType } from "./embedded/extras/profiler-configs.ts";
export type { EntityUsage, UsageDetails } from "./embedded/extras/usage.ts";
export { deepestJson, isTooDeep } from "./embedded/depth.ts";
export { startCatalogWriter, type CatalogWriter, type WriterOptions } from "./writer/catalog-writer.ts";
