export { createApp, type AppOptions } from "./app.ts";
export { startCatalogWriter, type WriterOptions } from "./catalog-writer.ts";
export type { CatalogWriter, ServerParts } from "./parts.ts";
export { defaultPort, defaultVersion, startServer, type RunningServer, type ServeOptions } from "./serve.ts";
