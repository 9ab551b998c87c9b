export * from "./embedded/embedded-catalog.ts";
export type { PageFilters } from "./embedded/entity-filters.ts";
export type { Page, PageOptions } from "./embedded/entity-page.ts";
export type { NameHit } from "./embedded/entity-search.ts";
export type { IngestionRun } from "./embedded/time-series.ts";
export * from "./open.ts";
export * from "./rest/rest-catalog.ts";
export * from "./server-config.ts";
