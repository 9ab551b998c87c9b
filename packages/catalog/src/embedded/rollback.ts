import { randomUUID } from "node:crypto";
import type { EntityType, FQN } from "@omd/schema";
import { changeOf, nextVersion } from "./change.ts";
import type { CatalogDatabase, Row } from "./database.ts";
import { stored, type Body, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { EdgeRollback, type EdgeStep } from "./rollback-edges.ts";

export interface RollbackStep {
  readonly id: string;
  readonly type: EntityType;
  readonly fqn: FQN;
  /** `delete`: the run made it or brought it back; `restore`: the run marked it deleted. */
  readonly action: "delete" | "restore" | "revert";
}

export interface RollbackRefusal {
  readonly id: string;
  readonly type: EntityType;
  readonly fqn: FQN;
  readonly reason: string;
}

/** What undoing a run does, and what it leaves alone because it was changed since. */
export interface RollbackPlan {
  readonly runId: string;
  readonly steps: readonly RollbackStep[];
  readonly edges: readonly EdgeStep[];
  readonly refused: readonly RollbackRefusal[];
  /** Edges of the run that were changed since. */
  readonly refusedEdges: readonly Omit<EdgeStep, "action">[];
}

/** One entity: as it is, and as it was before the run (undefined: it was not there). */
interface Undo {
  readonly now: StoredEntity;
  readonly before: Pick<StoredEntity, "deleted" | "body"> | undefined;
  readonly action: RollbackStep["action"];
}

interface Drawn {
  readonly undo: Map<string, Undo>;
  readonly refused: RollbackRefusal[];
}

/** Brings back what was before a run. Nothing is removed for good: what the run made is marked deleted. */
export class Rollback {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;
  readonly #clock: () => number;
  readonly #edges: EdgeRollback;

  constructor(db: CatalogDatabase, store: EntityStore, clock: () => number) {
    this.#db = db;
    this.#store = store;
    this.#clock = clock;
    this.#edges = new EdgeRollback(db, clock);
  }

  plan(runId: string): RollbackPlan {
    return this.#shown(runId, this.#draw(runId));
  }

  /** Does what {@link plan} says, as things are now; answers what was done. Expects an open transaction. */
  apply(runId: string): RollbackPlan {
    const drawn = this.#draw(runId);
    const plan = this.#shown(runId, drawn);
    for (const { now, before } of drawn.undo.values()) this.#write(now, before);
    this.#edges.apply(runId);
    // Marks of the run say "written" of what is gone now: under a new identity no run trusts them.
    if (plan.steps.length + plan.edges.length > 0)
      this.#db.run("UPDATE meta SET value = ? WHERE key = 'uuid'", randomUUID());
    return plan;
  }

  #shown(runId: string, { undo, refused }: Drawn): RollbackPlan {
    const steps = [...undo.values()].map(({ now, action }) => ({ ...named(now), action }));
    const { steps: edges, refused: refusedEdges } = this.#edges.plan(runId);
    return { runId, steps: steps.sort(byFqn), edges, refused: refused.sort(byFqn), refusedEdges };
  }

  #draw(runId: string): Drawn {
    const undo = new Map<string, Undo>();
    const refused: RollbackRefusal[] = [];
    for (const row of this.#touched(runId)) {
      const now = stored(row);
      if (!now) continue;
      const before =
        row.old_body === null
          ? undefined
          : { deleted: row.old_deleted === 1, body: JSON.parse(String(row.old_body)) as Body };
      const action = actionOf(row, before);
      if (action === undefined || isAsBefore(now, before)) continue;
      if (row.last === row.version) undo.set(now.id, { now, before, action });
      else refused.push({ ...named(now), reason: `changed since ${by(row.run_id)}` });
    }
    for (let stable = false; !stable;) {
      const held = [...undo.values()].flatMap((one) => {
        const reason = this.#hindrance(one, undo);
        return reason === undefined ? [] : [{ one, reason }];
      });
      for (const { one, reason } of held) {
        undo.delete(one.now.id);
        refused.push({ ...named(one.now), reason });
      }
      stable = held.length === 0;
    }
    return { undo, refused };
  }

  /** Why an entity can't go or come back: something lives below it that stays, or what it lies below stays deleted. */
  #hindrance({ now, action }: Undo, undo: ReadonlyMap<string, Undo>): string | undefined {
    if (action === "delete") {
      const child = this.#db
        .all("SELECT id, fqn FROM entity WHERE parent_id = ? AND deleted = 0", now.id)
        .find((row) => undo.get(String(row.id))?.action !== "delete");
      return child && `${String(child.fqn)} lies below it and stays`;
    }
    if (action === "restore" && now.parentId !== undefined) {
      const parent = this.#store.reference(now.parentId);
      if (parent?.deleted === true && undo.get(now.parentId)?.action !== "restore")
        return `${parent.fullyQualifiedName ?? now.parentId} stays deleted`;
    }
    return undefined;
  }

  #touched(runId: string): Row[] {
    return this.#db.all(
      `WITH state AS (SELECT id AS entity_id, version, deleted, body FROM entity WHERE run_id = ?1
          UNION ALL SELECT entity_id, version, deleted, body FROM version WHERE run_id = ?1),
        touched AS (SELECT entity_id, min(version) AS first, max(version) AS last FROM state GROUP BY entity_id)
        SELECT e.*, touched.last, new.deleted AS new_deleted, new.body AS new_body, old.deleted AS old_deleted, old.body AS old_body
        FROM touched JOIN entity e ON e.id = touched.entity_id JOIN state new ON new.entity_id = e.id AND new.version = touched.last
        LEFT JOIN version old ON old.entity_id = e.id AND old.version =
          (SELECT max(version) FROM version WHERE entity_id = e.id AND version < touched.first)`,
      runId,
    );
  }

  #write(now: StoredEntity, before: Undo["before"]): void {
    const body = before?.body ?? now.body;
    const deleted = before?.deleted ?? true;
    const {
      breaking = false,
      fieldsAdded = [],
      fieldsUpdated = [],
      fieldsDeleted = [],
    } = changeOf(now.body, body) ?? {};
    const marked =
      deleted === now.deleted ? [] : [{ name: "deleted", oldValue: String(now.deleted), newValue: String(deleted) }];
    this.#store.update(now, {
      ...now,
      body,
      deleted,
      updatedAt: this.#clock(),
      version: nextVersion(now.version, breaking),
      change: {
        fieldsAdded,
        fieldsUpdated: [...fieldsUpdated, ...marked],
        fieldsDeleted,
        previousVersion: now.version,
      },
    });
  }
}

/** What undoes the change from `before` to the state that the run left; undefined when there is none. */
function actionOf(row: Row, before: Undo["before"]): RollbackStep["action"] | undefined {
  const isDeleted = row.new_deleted === 1;
  if (!before) return isDeleted ? undefined : "delete";
  if (before.deleted !== isDeleted) return isDeleted ? "restore" : "delete";
  return changeOf(before.body, JSON.parse(String(row.new_body)) as Body)?.versioned === true ? "revert" : undefined;
}

/** Whether somebody has undone it already. */
function isAsBefore(now: StoredEntity, before: Undo["before"]): boolean {
  if (!before) return now.deleted;
  return now.deleted === before.deleted && changeOf(before.body, now.body)?.versioned !== true;
}

function by(runId: unknown): string {
  return typeof runId === "string" ? `by the run ${runId}` : "by another write";
}

function named({ id, type, fqn }: StoredEntity): { id: string; type: EntityType; fqn: FQN } {
  return { id, type, fqn: fqn as FQN };
}

function byFqn(a: { fqn: string }, b: { fqn: string }): number {
  return a.fqn < b.fqn ? -1 : Number(a.fqn > b.fqn);
}
