import type { EntityType } from "@omd/schema";

/** A table by the parts its source gives; an absent part may be anything. Names are raw, not quoted. */
export interface TableName {
  readonly kind: "table";
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly table: string;
  /** The source folds case, so that `ORDERS` and `orders` are one table. */
  readonly foldsCase: boolean;
  /** OpenMetadata service types that such a name can belong to; none: any. */
  readonly serviceTypes: readonly string[];
}

/** A file or directory of a store. `location` is what follows the scheme, without a closing slash: `//bucket/a/b.csv`. */
export interface ContainerName {
  readonly kind: "container";
  readonly schemes: readonly string[];
  readonly location: string;
}

export interface TopicName {
  readonly kind: "topic";
  readonly topic: string;
}

/** An FQN of the catalog; the types it may be of, likeliest first. */
export interface EntityName {
  readonly kind: "entity";
  readonly fqn: string;
  readonly types: readonly EntityType[];
  /** What the text means when it is no FQN: a table without its service. */
  readonly otherwise?: TableName | undefined;
}

export type DatasetName = TableName | ContainerName | TopicName | EntityName;

/** A dataset name, or why the text is none. */
export type ParsedName = DatasetName | { readonly kind: "unknown"; readonly reason: string };
