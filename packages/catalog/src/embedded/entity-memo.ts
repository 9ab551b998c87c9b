import type { EntityType } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";

interface Keyed {
  readonly id: string;
  readonly type: EntityType;
  readonly fqn: string;
}

/** Most characters of the bodies that are kept; as objects they take some five times as many bytes. */
const maxChars = 4 * 2 ** 20;

/**
 * Entities that transactions have read or written, until somebody else writes: tags, tables and definitions are asked for by each record that names them.
 * Outside of a transaction there is none, as another process may write at any time. What it gives must not be changed.
 */
export class EntityMemo<E extends Keyed> {
  readonly #db: CatalogDatabase;
  readonly #byId = new Map<string, E>();
  readonly #byFqn = new Map<string, E>();
  #chars = 0;
  #contents = 0;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  byFqn(type: EntityType, fqn: string): E | undefined {
    return this.#isOpen() ? this.#byFqn.get(`${type} ${fqn}`) : undefined;
  }

  byId(id: string): E | undefined {
    return this.#isOpen() ? this.#byId.get(id) : undefined;
  }

  /** Told of an entity that was read or written; `chars`: of its body. */
  keep(entity: E, chars: number): void {
    if (!this.#isOpen()) return;
    if (this.#chars + chars > maxChars) this.clear();
    this.#chars += chars;
    this.#byId.set(entity.id, entity);
    this.#byFqn.set(`${entity.type} ${entity.fqn}`, entity);
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
    this.#chars = 0;
  }

  #isOpen(): boolean {
    const { contents } = this.#db;
    if (contents !== this.#contents) {
      this.#contents = contents;
      this.clear();
    }
    return this.#db.isTransaction;
  }
}
