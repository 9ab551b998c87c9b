export { createApp, type AppOptions } from "./app.ts";
export type { ServerParts } from "./parts.ts";
export { defaultPort, defaultVersion, startServer, type RunningServer, type ServeOptions } from "./serve.ts";
