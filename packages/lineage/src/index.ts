export { createResolver, type ResolverOptions } from "./resolver.ts";
export type { DatasetName, ParsedName } from "./dataset-kinds.ts";
export { parseDataset } from "./dataset-name.ts";
