export * from "./contracts/index.ts";
export * from "./errors.ts";
