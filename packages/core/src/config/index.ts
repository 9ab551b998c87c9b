export * from "./config-error.ts";
export * from "./config-origin.ts";
export * from "./did-you-mean.ts";
export { expandVariables } from "./expand-variables.ts";
export { isSecretKey } from "./secret-keys.ts";
export * from "./load-config.ts";
export * from "./options-table.ts";
export * from "./workflow-schema.ts";
