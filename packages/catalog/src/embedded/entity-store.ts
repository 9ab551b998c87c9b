import { CatalogError, type Include } from "@omd/core";
import type { EntityReference, EntityType } from "@omd/schema";
import { entityTypeInfo, unquoteName } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";
import { EntityMemo } from "./entity-memo.ts";
import { GroupMembers } from "./group-members.ts";
import { EventWaits } from "./event-waits.ts";

/** The stored fields of an entity beside its identity; references hold `id` and `type` only. */
export type Body = Record<string, unknown>;

export interface StoredEntity {
  readonly id: string;
  readonly type: EntityType;
  readonly name: string;
  readonly fqn: string;
  readonly parentId: string | undefined;
  readonly deleted: boolean;
  readonly version: number;
  /** Epoch ms. */
  readonly updatedAt: number;
  readonly change: Body | undefined;
  readonly body: Body;
}

/** Rows of the tables `entity` and `version`. */
export class EntityStore {
  readonly #db: CatalogDatabase;
  readonly #memo: EntityMemo<StoredEntity>;
  readonly #members: GroupMembers;
  /** OpenLineage events that wait for entities; told here of what is written. */
  readonly waits: EventWaits;

  constructor(db: CatalogDatabase) {
    this.#db = db;
    this.#memo = new EntityMemo(db);
    this.#members = new GroupMembers(db);
    this.waits = new EventWaits(db);
  }

  /** Deleted ones too. */
  byFqn(type: EntityType, fqn: string): StoredEntity | undefined {
    const sql = "SELECT * FROM entity WHERE type = ? AND fqn = ?";
    return this.#memo.byFqn(type, fqn) ?? this.#remembered(this.#db.get(sql, type, fqn));
  }

  /** Deleted ones too. */
  byId(type: EntityType, id: string): StoredEntity | undefined {
    const found = this.#memo.byId(id) ?? this.#remembered(this.#db.get("SELECT * FROM entity WHERE id = ?", id));
    return found?.type === type ? found : undefined;
  }

  #remembered(row: Row | undefined): StoredEntity | undefined {
    const entity = stored(row);
    if (entity) this.#memo.keep(entity, String(row?.body).length);
    return entity;
  }

  /** Non-deleted ones only. Throws a CatalogError of status 404. */
  liveByFqn(type: EntityType, fqn: string): StoredEntity {
    const found = this.byFqn(type, fqn);
    if (!found || found.deleted) throw notFound(type, fqn);
    return found;
  }

  /** Throws a CatalogError of status 404; deleted ones are found unless `live`. */
  needById(type: EntityType, id: string, live = false): StoredEntity {
    const found = this.byId(type, id);
    if (!found || (live && found.deleted)) throw notFound(type, id);
    return found;
  }

  /** A reference as entities carry it, or undefined when the entity is gone. */
  reference(id: string): EntityReference | undefined {
    const row = this.#db.get("SELECT id, type, name, fqn, display_name, deleted FROM entity WHERE id = ?", id);
    if (!row) return undefined;
    const type = String(row.type);
    return {
      id,
      type,
      name: String(row.name),
      fullyQualifiedName: String(row.fqn),
      ...(row.display_name === null ? {} : { displayName: String(row.display_name) }),
      deleted: row.deleted === 1,
      href: href(type as EntityType, id),
    };
  }

  /** References to the non-deleted children of one type, by name. */
  children(parentId: string, type: EntityType): EntityReference[] {
    return this.#db
      .all("SELECT id FROM entity WHERE parent_id = ? AND type = ? AND deleted = 0 ORDER BY name", parentId, type)
      .flatMap((row) => this.reference(String(row.id)) ?? []);
  }

  /** Number of non-deleted children of one type. */
  countChildren(parentId: string, type: EntityType): number {
    const row = this.#db.get(
      "SELECT count(*) AS n FROM entity WHERE parent_id = ? AND type = ? AND deleted = 0",
      parentId,
      type,
    );
    return Number(row?.n);
  }

  /** Whether anything lies below it; deleted ones count when `all`. */
  hasChildren(parentId: string, all: boolean): boolean {
    const condition = all ? "" : "AND deleted = 0";
    return this.#db.get(`SELECT 1 FROM entity WHERE parent_id = ? ${condition} LIMIT 1`, parentId) !== undefined;
  }

  insert(entity: StoredEntity): void {
    const body = JSON.stringify(entity.body);
    this.#db.run(
      `INSERT INTO entity (id, type, name, fqn, parent_id, name_lower, fqn_lower, full_path_lower, display_name, parts,
        source_hash, deleted, version, updated_at, change, body, created_at, version_at, run_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?14, ?, ?, ?14, ?14, ?)`,
      entity.id,
      entity.type,
      entity.name,
      entity.fqn,
      entity.parentId ?? null,
      entity.name.toLowerCase(),
      entity.fqn.toLowerCase(),
      ...derived(entity),
      entity.deleted ? 1 : 0,
      entity.version,
      entity.updatedAt,
      entity.change ? JSON.stringify(entity.change) : null,
      body,
      this.#db.currentRun ?? null,
    );
    this.#memo.keep(entity, body.length);
    this.#db.run(toSearch, entity.id);
    this.#members.put(entity);
    this.waits.met(entity);
  }

  /** Stores a changed entity; the state before goes to the archive when the version moved. `isSearched`: the search looks at what changed. */
  update(before: StoredEntity, after: StoredEntity, isSearched = true): void {
    this.#memo.forget(before);
    if (after.version !== before.version) this.#archive("id = ?", before.id);
    this.#db.run(
      `UPDATE entity SET full_path_lower = ?, display_name = ?, parts = ?, source_hash = ?, deleted = ?, version = ?6,
        updated_at = ?7, change = ?, body = ?, version_at = iif(version = ?6, version_at, ?7),
        run_id = iif(version = ?6, run_id, omd_run()) WHERE id = ?10`,
      ...derived(after),
      after.deleted ? 1 : 0,
      after.version,
      after.updatedAt,
      after.change ? JSON.stringify(after.change) : null,
      JSON.stringify(after.body),
      after.id,
    );
    if (isSearched) this.#db.run(toSearch, after.id);
    this.#members.put(after, before);
    if (after.deleted !== before.deleted || after.body.fullPath !== before.body.fullPath) this.waits.met(after);
  }

  /** Marks an entity and all below it deleted or not; each that changes gets a new version. Answers how many did. */
  mark(id: string, deleted: boolean, now: number): number {
    const flag = deleted ? 1 : 0;
    this.#memo.clear();
    this.waits.metBelow(id);
    this.#archive(`id IN (${tree}) AND deleted <> ?`, id, flag);
    this.#db.run(
      `INSERT OR IGNORE INTO search_pending SELECT id FROM entity WHERE id IN (${tree}) AND deleted <> ?`,
      id,
      flag,
    );
    return this.#db.run(
      `UPDATE entity SET deleted = ?, updated_at = ?2, version_at = ?2, run_id = omd_run(), change = json_object(
          'fieldsAdded', json('[]'), 'fieldsDeleted', json('[]'), 'previousVersion', version, 'fieldsUpdated',
          json_array(json_object('name', 'deleted', 'oldValue', json(?), 'newValue', json(?)))),
        version = round(version + 0.1, 1) WHERE id IN (${tree}) AND deleted <> ?`,
      flag,
      now,
      String(!deleted),
      String(deleted),
      id,
      flag,
    );
  }

  /** Removes an entity and all below it with everything that hangs on them. */
  remove(id: string): void {
    this.#memo.clear();
    this.waits.metBelow(id);
    // While both ends are there, so that the edges of services are counted.
    for (const end of ["from_id", "to_id"]) this.#db.run(`DELETE FROM edge WHERE ${end} IN (${tree})`, id);
    this.#db.run(`UPDATE OR REPLACE edge SET pipeline_id = '' WHERE pipeline_id IN (${tree})`, id);
    this.#db.run("DELETE FROM entity WHERE id = ?", id);
  }

  /** Older states of an entity, newest first. */
  versions(entity: StoredEntity): StoredEntity[] {
    return this.#db
      .all("SELECT * FROM version WHERE entity_id = ? ORDER BY version DESC", entity.id)
      .map((row) => ({ ...entity, ...state(row) }));
  }

  #archive(where: string, ...values: (string | number)[]): void {
    this.#db.run(
      `INSERT OR REPLACE INTO version (entity_id, version, deleted, updated_at, change, body, version_at, run_id)
        SELECT id, version, deleted, updated_at, change, body, version_at, run_id FROM entity WHERE ${where}`,
      ...values,
    );
  }
}

/**
 * What the search has to look at again, see `search-migration.ts`. No trigger does this: SQLite keeps a copy of each page that a statement with
 * triggers changes until it ends, which made entities three times as slow to write.
 */
const toSearch = "INSERT OR IGNORE INTO search_pending VALUES (?)";
const tree = `WITH RECURSIVE tree (id) AS (VALUES (?) UNION SELECT child.id FROM entity child JOIN tree ON child.parent_id = tree.id) SELECT id FROM tree`;

/** Whether a call that includes so much answers the entity. */
export function included(entity: Pick<StoredEntity, "deleted">, include: Include = "non-deleted"): boolean {
  return include === "all" || entity.deleted === (include === "deleted");
}

/** Reads a row of `entity` with all its columns. */
export function stored(row: Row | undefined): StoredEntity | undefined {
  if (!row) return undefined;
  return {
    id: String(row.id),
    type: row.type as EntityType,
    name: String(row.name),
    fqn: String(row.fqn),
    parentId: row.parent_id === null ? undefined : String(row.parent_id),
    ...state(row),
  };
}

function state(row: Row): Pick<StoredEntity, "deleted" | "version" | "updatedAt" | "change" | "body"> {
  return {
    deleted: row.deleted === 1,
    version: Number(row.version),
    updatedAt: Number(row.updated_at),
    change: row.change === null ? undefined : (JSON.parse(String(row.change)) as Body),
    body: JSON.parse(String(row.body)) as Body,
  };
}

/** `full_path_lower`, `display_name`, `parts`, `source_hash`. */
function derived({ fqn, body }: StoredEntity): [string | null, string | null, string | null, string | null] {
  return [
    text(body.fullPath)?.toLowerCase() ?? null,
    text(body.displayName) ?? null,
    partNames(fqn, body),
    text(body.sourceHash) ?? null,
  ];
}

/** Names of columns and tasks, lower-cased, one a line with a line break around each. */
function partNames(fqn: string, body: Body): string | null {
  const names: string[] = [];
  const collect = (parts: unknown): void => {
    if (!Array.isArray(parts)) return;
    for (const part of parts as Body[]) {
      const partFqn = text(part.fullyQualifiedName);
      names.push((partFqn ? unquoteName(partFqn.slice(fqn.length + 1)) : String(part.name)).toLowerCase());
      collect(part.children);
    }
  };
  collect(body.columns);
  collect(body.tasks);
  return names.length > 0 ? `\n${names.join("\n")}\n` : null;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Another text as soon as an entity changes. */
export function entityState({
  version,
  updatedAt,
}: {
  readonly version?: unknown;
  readonly updatedAt?: unknown;
}): string {
  return `${String(version)}-${String(updatedAt)}`;
}

/** Path of an entity below the server's root. */
export function href(type: EntityType, id: string): string {
  return `/api/v1/${entityTypeInfo(type).collection}/${id}`;
}

/** OpenMetadata's answer to a look-up of what is not there. */
export function notFound(type: string, what: string): CatalogError {
  return new CatalogError(`${type} instance for ${what} not found`, { status: 404 });
}
