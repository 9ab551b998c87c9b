export { contractVersion, type ConnectorManifest, type ConnectorSource } from "./manifest.ts";
export * from "./registry.ts";
