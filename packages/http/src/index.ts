export * from "./auth.ts";
export * from "./chained-pages.ts";
export * from "./errors.ts";
export { makeDirectory } from "./make-directory.ts";
export * from "./offset-pages.ts";
export type { ChainedPage, Page } from "./page.ts";
export { createHttpRuntime } from "./runtime.ts";
export * from "./types.ts";
