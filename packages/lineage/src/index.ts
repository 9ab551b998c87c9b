export { createResolver, type ResolverOptions, type RunResolver } from "./resolver.ts";
export { parseDataset, type DatasetName, type ParsedName } from "./dataset-name.ts";
