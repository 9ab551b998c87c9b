import { CatalogError, type CatalogEntity, type PutResult } from "@omd/core";
import type { EntityType, FQN, JsonPatchOperation } from "@omd/schema";
import { badRequest, checkConstraints } from "./columns.ts";
import { changeOf, nextVersion } from "./change.ts";
import { entityState, type EntityStore, type StoredEntity, type Body } from "./entity-store.ts";
import { writtenFields, type EntityView } from "./entity-view.ts";
import { mergePut } from "./merge.ts";
import { newId } from "./new-id.ts";
import { patchedBody } from "./patch.ts";
import type { References } from "./references.ts";
import { RequestReader } from "./request-entity.ts";
import { missingSuite } from "./test-cases.ts";

interface DeleteOptions {
  hard?: boolean;
  recursive?: boolean;
}

interface PutOptions {
  create?: boolean;
  brief?: boolean;
}

/** Create-or-update, patch, delete and restore. Every method expects an open transaction. */
export class EntityWriter {
  readonly #store: EntityStore;
  readonly #view: EntityView;
  readonly #reader: RequestReader;
  readonly #references: References;
  readonly #clock: () => number;

  constructor(store: EntityStore, view: EntityView, references: References, clock: () => number) {
    this.#store = store;
    this.#view = view;
    this.#references = references;
    this.#reader = new RequestReader(store, references);
    this.#clock = clock;
  }

  /** As {@link write}, with the entity as it is now, or with its names only. */
  put(type: EntityType, request: unknown, { create = false, brief = false }: PutOptions = {}): PutResult {
    const { outcome, entity } = this.write(type, request, create);
    const { id, name, fqn } = entity;
    if (brief) return { outcome, entity: { id, name, fullyQualifiedName: fqn as FQN } };
    return { outcome, entity: this.#view.show(entity, writtenFields) };
  }

  /** Creates or updates by the rules of om-api §9.1. Throws CatalogError 400 and 404, and 409 when it should `create` what is there. */
  write(type: EntityType, request: unknown, create = false): { outcome: PutResult["outcome"]; entity: StoredEntity } {
    const suite = type === "testCase" ? missingSuite(this.#store, request) : undefined;
    if (suite) this.write("testSuite", suite);
    const { name, fqn, parentId, body } = this.#reader.read(type, request);
    const existing = this.#store.byFqn(type, fqn);
    if (!existing) {
      const entity: StoredEntity = {
        id: newId(),
        type,
        name,
        fqn,
        parentId,
        deleted: false,
        version: 0.1,
        updatedAt: this.#clock(),
        change: undefined,
        body,
      };
      this.#store.insert(entity);
      return { outcome: "created", entity };
    }
    if (create) throw new CatalogError("Entity already exists", { status: 409 });
    const before = existing.deleted ? this.#mark(existing, false) : existing;
    const merged = mergePut(before.body, body);
    if (type === "table") checkConstraints(merged);
    this.#references.checkAllExclusive(merged);
    const entity = this.#save(before, merged);
    return { outcome: entity === existing ? "unchanged" : "updated", entity };
  }

  /** RFC 6902 on the whole entity, if it is in one of `states`. Throws CatalogError 400, 404 (a deleted one too) and 412. */
  patch(
    type: EntityType,
    id: string,
    operations: readonly JsonPatchOperation[],
    states?: readonly string[],
  ): CatalogEntity {
    const before = this.#store.needById(type, id, true);
    if (states && !states.includes(entityState(before)))
      throw new CatalogError(`${type} ${before.fqn} was changed by somebody else`, {
        status: 412,
        hint: "Read it again and send the change for what it is now.",
      });
    const shown = this.#view.show(before, writtenFields, this.#view.inheritance());
    const body = patchedBody(before, shown, operations);
    this.#reader.resolve(type, before.fqn as FQN, body);
    return this.#view.show(this.#save(before, body), writtenFields);
  }

  /** Throws CatalogError 404, and 400 when it has children and is not to be deleted with them. */
  delete(type: EntityType, id: string, { hard = false, recursive = true }: DeleteOptions): void {
    const entity = this.#store.needById(type, id);
    if (!recursive && this.#store.hasChildren(id, hard)) throw badRequest(`${type} ${entity.name} is not empty`);
    if (hard) this.#store.remove(entity.id);
    else this.#mark(entity, true);
  }

  /** With all below. Throws CatalogError 404. */
  restore(type: EntityType, id: string): CatalogEntity {
    return this.#view.show(this.#mark(this.#store.needById(type, id), false), writtenFields);
  }

  #mark(entity: StoredEntity, deleted: boolean): StoredEntity {
    this.#store.mark(entity.id, deleted, this.#clock());
    return this.#store.needById(entity.type, entity.id);
  }

  #save(before: StoredEntity, body: Body): StoredEntity {
    const change = changeOf(before.body, body);
    if (!change) return before;
    const { breaking, versioned, ...fields } = change;
    const after: StoredEntity = {
      ...before,
      body,
      updatedAt: this.#clock(),
      version: versioned ? nextVersion(before.version, breaking) : before.version,
      change: versioned ? { ...fields, previousVersion: before.version } : before.change,
    };
    this.#store.update(before, after);
    return after;
  }
}
