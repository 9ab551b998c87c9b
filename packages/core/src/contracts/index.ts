export * from "./catalog.ts";
export * from "./either.ts";
export * from "./ledger.ts";
export * from "./resolver.ts";
export * from "./source.ts";
export * from "./steps.ts";
export * from "./test-connection.ts";
