import { hash } from "node:crypto";
import type { CatalogEntity } from "@omd/core";
import type { EntityType } from "@omd/schema";
import type { z } from "zod";
import { badRequest } from "../columns.ts";
import type { CatalogDatabase } from "../database.ts";
import type { Body, EntityStore, StoredEntity } from "../entity-store.ts";
import type { References } from "../references.ts";
import { Attachments } from "./attachments.ts";
import { Series } from "./series.ts";

export interface ExtrasParts {
  readonly db: CatalogDatabase;
  readonly store: EntityStore;
  readonly references: References;
  /** Epoch ms. */
  readonly clock: () => number;
  /** Who writes. */
  readonly updatedBy: string;
  /** An entity with the named fields beside those that are always there. */
  readonly show: (entity: StoredEntity, fields: readonly string[]) => CatalogEntity;
}

/** What every kind of extra works with. */
export class ExtrasContext {
  readonly db: CatalogDatabase;
  readonly store: EntityStore;
  readonly references: References;
  readonly clock: () => number;
  readonly updatedBy: string;
  readonly attachments: Attachments;
  readonly series: Series;
  readonly #show: ExtrasParts["show"];

  constructor({ db, store, references, clock, updatedBy, show }: ExtrasParts) {
    this.db = db;
    this.store = store;
    this.references = references;
    this.clock = clock;
    this.updatedBy = updatedBy;
    this.attachments = new Attachments(db);
    this.series = new Series(db);
    this.#show = show;
  }

  /** A non-deleted entity. Throws CatalogError 404, for an unknown type too. */
  live(type: string, id: string): StoredEntity {
    return this.store.needById(type as EntityType, id, true);
  }

  /** The entity as it is now, with the named fields beside those that are always there. */
  show({ type, id }: StoredEntity, ...fields: string[]): CatalogEntity {
    return this.#show(this.store.needById(type, id), fields);
  }

  /** Sets fields of the body (undefined removes one); the version stays, as these are no edits of the entity. `isSearched`: the search looks at them. */
  setBody(entity: StoredEntity, fields: Body, isSearched = true): void {
    const changed = Object.entries(fields).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(entity.body[name]),
    );
    if (changed.length === 0) return;
    const body: Body = { ...entity.body, ...Object.fromEntries(changed) };
    for (const [name, value] of changed) if (value === undefined) delete body[name];
    this.store.update(entity, { ...entity, body }, isSearched);
  }
}

/** The value by its schema. Throws CatalogError 400 that names each field. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join(".") || what}: ${message}`);
  throw badRequest(`Invalid ${what}: ${issues.join("; ")}`);
}

/** The same UUID for the same parts, for what OpenMetadata gives an id and we find by its key. */
export function stableId(...parts: (string | number)[]): string {
  const hex = hash("sha256", JSON.stringify(parts));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
