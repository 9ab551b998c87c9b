export { awaitedNames, type AwaitedName } from "./awaited-names.ts";
export { NamespaceServices, normalNamespace, type NamespaceMapping } from "./namespace-services.ts";
export { createResolver, type ResolverOptions } from "./resolver.ts";
export type { DatasetName, ParsedName } from "./dataset-kinds.ts";
export { parseDataset } from "./dataset-name.ts";
export { createSqlLineage, type SqlLineage, type SqlLineageOptions, type SqlQuestion } from "./sql/sql-lineage.ts";
export type {
  ColumnLineage,
  ColumnOrigin,
  NameDefaults,
  SqlFailure,
  SqlFailureReason,
  SqlLineageAnswer,
  TableName,
} from "./sql/analyse.ts";
