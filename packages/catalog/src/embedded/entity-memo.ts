import type { EntityType } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";

interface Keyed {
  readonly id: string;
  readonly type: EntityType;
  readonly fqn: string;
}

/**
 * Entities that the open transaction has read: tags, tables and definitions are asked for by each record that names them. Nothing is kept beyond the
 * transaction, as another process may write in between. What it gives must not be changed.
 */
export class EntityMemo<E extends Keyed> {
  readonly #db: CatalogDatabase;
  readonly #byId = new Map<string, E>();
  readonly #byFqn = new Map<string, E>();
  #epoch = 0;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  byFqn(type: EntityType, fqn: string, read: () => E | undefined): E | undefined {
    if (!this.#isOpen()) return read();
    return this.#byFqn.get(`${type} ${fqn}`) ?? this.#keep(read());
  }

  byId(id: string, read: () => E | undefined): E | undefined {
    if (!this.#isOpen()) return read();
    return this.#byId.get(id) ?? this.#keep(read());
  }

  /** Told before an entity changes. */
  forget({ id, type, fqn }: Keyed): void {
    this.#byId.delete(id);
    this.#byFqn.delete(`${type} ${fqn}`);
  }

  /** Told before an entity changes with all that lies below it. */
  clear(): void {
    this.#byId.clear();
    this.#byFqn.clear();
  }

  #keep(entity: E | undefined): E | undefined {
    if (!entity) return undefined;
    this.#byId.set(entity.id, entity);
    this.#byFqn.set(`${entity.type} ${entity.fqn}`, entity);
    return entity;
  }

  #isOpen(): boolean {
    const { epoch } = this.#db;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.clear();
    }
    return this.#db.isTransaction;
  }
}
