import type { EntityKey, EntityReference, EntityType } from "@omd/schema";

export type Resolution =
  | { readonly kind: "resolved"; readonly entity: EntityKey }
  | {
      readonly kind: "unresolved";
      readonly reason: string;
      /** FQNs of similar names, best first. */ readonly nearest: readonly string[];
    };

/** Turns names of the source's world into entities of the catalog. Answers are cached for the run. */
export interface Resolver {
  /** A dataset by URI (`postgres://host:5432/db/schema/table`, `s3://bucket/key` …) or by FQN. */
  dataset(uri: string): Promise<Resolution>;
  /** A user or team; exact before fuzzy, and made where the run makes missing owners. `exact`: only who is called so, and nobody is made. */
  owner(name: string, options?: { readonly exact?: boolean }): Promise<EntityReference | undefined>;
  /** Told when the run has written an entity of this type: what was not found before may be there now. */
  wrote?(entityType: EntityType): void;
}
