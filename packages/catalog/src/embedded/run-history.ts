import type { EntityType, FQN } from "@omd/schema";
import { changeOf } from "./change.ts";
import type { CatalogDatabase, Row } from "./database.ts";
import type { Body } from "./entity-store.ts";
import { Remembered } from "./remembered.ts";
import { isSeed } from "./seeds/is-seed.ts";

export type ChangeKind = "created" | "updated" | "deleted" | "restored";

/** One field between two states, as text; a part of a list is named `columns.id.dataType`. */
export interface FieldDifference {
  readonly name: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export interface ChangedEntity {
  readonly id: string;
  readonly type: EntityType;
  readonly fqn: FQN;
  readonly change: ChangeKind;
}

export interface EntityDifference extends ChangedEntity {
  readonly fields: readonly FieldDifference[];
}

export interface ChangedEdge {
  readonly change: "added" | "changed" | "removed";
  readonly from: FQN;
  readonly to: FQN;
  readonly source: string;
  /** FQN of the pipeline that makes it. */
  readonly pipeline?: string | undefined;
}

export interface Differences {
  readonly entities: readonly EntityDifference[];
  readonly edges: readonly ChangedEdge[];
}

export type ChangeCounts = Readonly<Record<ChangeKind, number>> & { readonly entities: readonly ChangedEntity[] };

const edgeStates = `SELECT from_id, to_id, pipeline_id, source, body, valid_from, NULL AS valid_to, run_id, NULL AS end_run_id FROM edge
  UNION ALL SELECT from_id, to_id, pipeline_id, source, body, valid_from, valid_to, run_id, end_run_id FROM past_edge`;
/** The versions of each entity before a run and when the run had ended, of some entities or (-1) all. Parameter 1: the run. */
const ofRun = (most: number): string => `WITH touched AS (
    SELECT entity_id, min(version) AS first, max(version) AS last FROM (SELECT id AS entity_id, version FROM entity WHERE run_id = ?1
      UNION ALL SELECT entity_id, version FROM version WHERE run_id = ?1) GROUP BY entity_id LIMIT ${most}),
  pair AS (SELECT touched.entity_id, touched.last,
      (SELECT max(version) FROM version WHERE entity_id = touched.entity_id AND version < touched.first) AS before FROM touched)`;
/** Of a larger run not all are put in order to show the first ones. */
const maxOrdered = 5000;
/** As {@link ofRun}, from indexes alone: a run may have made a million entities. */
const countOfRun = `SELECT CASE WHEN old.version IS NULL THEN iif(touched.deleted, 'none', 'created') WHEN touched.deleted > old.deleted THEN 'deleted'
    WHEN touched.deleted < old.deleted THEN 'restored' ELSE 'updated' END AS kind, count(*) AS n
  FROM (SELECT entity_id, max(version) AS last, deleted FROM (SELECT id AS entity_id, version, deleted FROM entity WHERE run_id = ?1
    UNION ALL SELECT entity_id, version, deleted FROM version WHERE run_id = ?1) GROUP BY entity_id) touched
  LEFT JOIN version old ON old.entity_id = touched.entity_id AND old.version = (SELECT max(version) FROM version
    WHERE entity_id = touched.entity_id AND version < touched.last AND run_id IS NOT ?1) GROUP BY 1`;
/** The same between two moments, with `AND …` of some only. Parameters: earlier and later, in ms. */
const ofTime = (most: number, only = ""): string => `WITH touched AS (SELECT DISTINCT entity_id FROM (
    SELECT id AS entity_id FROM entity WHERE version_at > ?1 AND version_at <= ?2 ${only}
      UNION ALL SELECT entity_id FROM version WHERE version_at > ?1 AND version_at <= ?2 ${only} LIMIT ${most})),
  pair AS (SELECT entity_id,
      (SELECT iif(e.version_at <= ?2, e.version, (SELECT max(version) FROM version WHERE entity_id = e.id AND version_at <= ?2))
        FROM entity e WHERE e.id = touched.entity_id) AS last,
      (SELECT max(version) FROM version WHERE entity_id = touched.entity_id AND version_at <= ?1) AS before FROM touched)`;
// The state of a version stands in `entity` as long as it is the newest, and in `version` after that.
const joined = `FROM pair JOIN entity e ON e.id = pair.entity_id
  LEFT JOIN version past ON past.entity_id = e.id AND past.version = pair.last AND pair.last <> e.version
  LEFT JOIN version old ON old.entity_id = e.id AND old.version = pair.before`;
const nowDeleted = "coalesce(past.deleted, e.deleted)";
const changeCase = `CASE WHEN old.version IS NULL THEN iif(${nowDeleted}, 'none', 'created') WHEN ${nowDeleted} > old.deleted THEN 'deleted'
  WHEN ${nowDeleted} < old.deleted THEN 'restored' ELSE 'updated' END`;

/** What runs changed. Only what has a new version counts: a new hash alone is none. */
export class RunHistory {
  readonly #db: CatalogDatabase;
  /** Of the run that was asked for last: the start page asks for the same one again and again. */
  #counts: { readonly key: string; readonly found: Remembered<ChangeCounts> } | undefined;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** How much a run changed, with the first `limit` entities by FQN; of a large run some seconds old at most. */
  counts(runId: string, limit: number): ChangeCounts {
    const key = `${limit} ${runId}`;
    if (this.#counts?.key !== key) this.#counts = { key, found: new Remembered(this.#db) };
    return this.#counts.found.value(() => this.#count(runId, limit));
  }

  #count(runId: string, limit: number): ChangeCounts {
    const counts = { created: 0, updated: 0, deleted: 0, restored: 0 };
    const rows = this.#db.all(countOfRun, runId);
    for (const row of rows) if (row.kind !== "none") counts[row.kind as ChangeKind] = Number(row.n);
    const entities = this.#db
      .all(
        `${ofRun(maxOrdered)} SELECT e.id, e.type, e.fqn, ${changeCase} AS kind ${joined} WHERE kind <> 'none' ORDER BY e.fqn, e.type LIMIT ?2`,
        runId,
        limit,
      )
      .map(changedEntity);
    return { ...counts, entities };
  }

  /** What a run changed; empty when it changed nothing or nobody knows it. */
  ofRun(runId: string): Differences {
    return {
      entities: this.#entities(ofRun(-1), runId),
      edges: this.#edges(
        `WITH edges AS (${edgeStates}) SELECT *, run_id IS NOT NULL AND run_id = ?1 AS begun, end_run_id IS NOT NULL AND end_run_id = ?1 AS ended
          FROM edges WHERE begun OR ended`,
        runId,
      ),
    };
  }

  /** What changed between two moments, in ms; backwards when `from` is the later one. */
  between(from: number, to: number): Differences {
    if (from > to) return reversed(this.between(to, from));
    return {
      entities: this.#entities(ofTime(-1), from, to),
      edges: this.#edges(
        `WITH edges AS (${edgeStates}) SELECT *, valid_from > ?1 AND coalesce(valid_to, ?2 + 1) > ?2 AS begun,
          valid_from <= ?1 AND coalesce(valid_to, ?2 + 1) <= ?2 AS ended FROM edges
          WHERE valid_from <= ?2 AND coalesce(valid_to, ?1 + 1) > ?1 AND (begun OR ended)`,
        from,
        to,
      ),
    };
  }

  /** How much changed between two moments, in ms, that belongs to no run; of much, the first that is found. */
  unstampedBetween(from: number, to: number, limit: number): ChangeCounts {
    const counts = { created: 0, updated: 0, deleted: 0, restored: 0 };
    const changed = this.#db
      .all(
        `${ofTime(maxOrdered, "AND run_id IS NULL")} SELECT e.id, e.type, e.fqn, e.run_id, ${changeCase} AS kind ${joined} WHERE kind <> 'none' ORDER BY e.fqn, e.type`,
        from,
        to,
      )
      .filter(isSomebodys)
      .map(changedEntity);
    for (const { change } of changed) counts[change] += 1;
    return { ...counts, entities: changed.slice(0, limit) };
  }

  /** Ids of the runs that changed anything, those that begin with `prefix` only. */
  runIds(prefix: string): string[] {
    return this.#db
      .all(
        `SELECT run_id FROM entity WHERE run_id >= ?1 AND run_id < ?2 UNION SELECT run_id FROM version WHERE run_id >= ?1 AND run_id < ?2
          UNION SELECT run_id FROM edge WHERE run_id >= ?1 AND run_id < ?2
          UNION SELECT end_run_id FROM past_edge WHERE end_run_id >= ?1 AND end_run_id < ?2`,
        prefix,
        `${prefix}\u{10FFFF}`,
      )
      .map((row) => String(row.run_id));
  }

  /** Whether anything that a run changed is still there. */
  knows(runId: string): boolean {
    return (
      this.#db.get(
        `SELECT 1 FROM entity WHERE run_id = ?1 UNION ALL SELECT 1 FROM version WHERE run_id = ?1 UNION ALL SELECT 1 FROM edge WHERE run_id = ?1
          UNION ALL SELECT 1 FROM past_edge WHERE run_id = ?1 UNION ALL SELECT 1 FROM past_edge WHERE end_run_id = ?1 LIMIT 1`,
        runId,
      ) !== undefined
    );
  }

  /** When a run wrote last, in epoch ms; undefined when it changed nothing that is still there. */
  endOf(runId: string): number | undefined {
    const row = this.#db.get(
      `SELECT max(at) AS at FROM (SELECT version_at AS at FROM entity WHERE run_id = ?1 UNION ALL SELECT version_at FROM version WHERE run_id = ?1
        UNION ALL SELECT valid_from FROM edge WHERE run_id = ?1 UNION ALL SELECT valid_from FROM past_edge WHERE run_id = ?1
        UNION ALL SELECT valid_to FROM past_edge WHERE end_run_id = ?1)`,
      runId,
    );
    return typeof row?.at === "number" ? row.at : undefined;
  }

  #entities(pairs: string, ...values: (string | number)[]): EntityDifference[] {
    return this.#db
      .all(
        `${pairs} SELECT e.id, e.type, e.fqn, e.run_id, ${changeCase} AS kind, old.body AS old_body, coalesce(past.body, e.body) AS new_body ${joined}
          WHERE kind <> 'none' ORDER BY e.fqn, e.type`,
        ...values,
      )
      .filter(isSomebodys)
      .map((row) => ({ ...changedEntity(row), fields: fieldDifferences(row) }))
      .filter(({ change, fields }) => change !== "updated" || fields.length > 0);
  }

  #edges(sql: string, ...values: (string | number)[]): ChangedEdge[] {
    const rows = this.#db.all(
      `SELECT c.*, f.fqn AS from_fqn, t.fqn AS to_fqn, p.fqn AS pipeline_fqn FROM (${sql}) c JOIN entity f ON f.id = c.from_id
        JOIN entity t ON t.id = c.to_id LEFT JOIN entity p ON p.id = c.pipeline_id AND c.pipeline_id <> ''
        ORDER BY f.fqn, t.fqn, c.source, c.valid_from`,
      ...values,
    );
    const byKey = Map.groupBy(rows, (row) => JSON.stringify([row.from_id, row.to_id, row.pipeline_id, row.source]));
    return [...byKey.values()].flatMap((group) => edgeChange(group) ?? []);
  }
}

/** Not of what a server brings with it when it starts for the first time. */
function isSomebodys(row: Row): boolean {
  return row.kind !== "created" || row.run_id !== null || !isSeed(row.type as EntityType, row.fqn as FQN);
}

function changedEntity(row: Row): ChangedEntity {
  return { id: String(row.id), type: row.type as EntityType, fqn: row.fqn as FQN, change: row.kind as ChangeKind };
}

function fieldDifferences(row: Row): FieldDifference[] {
  if (row.old_body === null) return [];
  const found = changeOf(JSON.parse(String(row.old_body)) as Body, JSON.parse(String(row.new_body)) as Body);
  if (!found) return [];
  return [...found.fieldsAdded, ...found.fieldsUpdated, ...found.fieldsDeleted]
    .filter(({ name }) => name !== "sourceHash")
    .map(({ name, oldValue, newValue }) => ({
      name,
      ...(oldValue === undefined ? {} : { before: oldValue }),
      ...(newValue === undefined ? {} : { after: newValue }),
    }));
}

/** Of the states of one edge that began or ended: added, removed, replaced, or both within the time and so nothing. */
function edgeChange(group: readonly Row[]): ChangedEdge | undefined {
  const old = group.find((row) => row.ended === 1 && row.begun !== 1);
  const now = group.findLast((row) => row.begun === 1 && row.ended !== 1);
  const row = now ?? old;
  if (!row || (old && now && old.body === now.body)) return undefined;
  return {
    change: old ? (now ? "changed" : "removed") : "added",
    from: row.from_fqn as FQN,
    to: row.to_fqn as FQN,
    source: String(row.source),
    ...(row.pipeline_fqn === null ? {} : { pipeline: String(row.pipeline_fqn) }),
  };
}

const opposites = { created: "deleted", deleted: "created", updated: "updated", restored: "deleted" } as const;
const oppositeEdges = { added: "removed", removed: "added", changed: "changed" } as const;

function reversed({ entities, edges }: Differences): Differences {
  return {
    entities: entities.map((entity) => ({
      ...entity,
      change: opposites[entity.change],
      fields: entity.fields.map(({ name, before, after }) => ({
        name,
        ...(after === undefined ? {} : { before: after }),
        ...(before === undefined ? {} : { after: before }),
      })),
    })),
    edges: edges.map((edge) => ({ ...edge, change: oppositeEdges[edge.change] })),
  };
}
