export { createResolver, type ResolverOptions, type RunResolver } from "./resolver.ts";
export type { DatasetName, ParsedName } from "./dataset-kinds.ts";
export { parseDataset } from "./dataset-name.ts";
