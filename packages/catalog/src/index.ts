export * from "./server-config.ts";
export * from "./rest/rest-catalog.ts";
