export { createApp } from "./app.ts";
export type { CatalogWriter, ServerParts } from "./parts.ts";
