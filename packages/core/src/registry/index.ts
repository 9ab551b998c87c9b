export { isCustomType } from "./custom-source.ts";
export { contractVersion, type ConnectorManifest, type ConnectorSource } from "./manifest.ts";
export * from "./registry.ts";
