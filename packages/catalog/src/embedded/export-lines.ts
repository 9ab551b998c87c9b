import type { ColumnLineage } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import { referenceFields, referenceListFields } from "./reference-fields.ts";
import { extraLines } from "./extras/extra-lines.ts";
import { stored, type Body, type EntityStore } from "./entity-store.ts";

/**
 * The content of a catalog as JSON lines: entities by FQN, then lineage, then runs of pipelines, then what else hangs on entities. Ids,
 * paths, versions and times of writing are left out and references are shown by type and FQN, so two catalogs with the same content
 * give the same lines.
 */
export function* exportLines(db: CatalogDatabase, store: EntityStore): Generator<string> {
  yield* entityLines(db, store);
  yield* lineageLines(db);
  yield* statusLines(db);
  for (const extra of extraLines(db)) yield line(extra);
}

const pageSize = 500;

function* entityLines(db: CatalogDatabase, store: EntityStore): Generator<string> {
  let after = ["", ""];
  for (;;) {
    const rows = db.all(
      "SELECT * FROM entity WHERE (fqn, type) > (?, ?) ORDER BY fqn, type LIMIT ?",
      ...after,
      pageSize,
    );
    for (const row of rows) {
      const entity = stored(row);
      if (!entity) continue;
      yield line({
        kind: "entity",
        type: entity.type,
        fullyQualifiedName: entity.fqn,
        name: entity.name,
        deleted: entity.deleted,
        ...named(store, entity.body),
      });
      after = [entity.fqn, entity.type];
    }
    if (rows.length < pageSize) return;
  }
}

function* lineageLines(db: CatalogDatabase): Generator<string> {
  const rows = db.all(
    `SELECT edge.source, edge.body, f.type AS from_type, f.fqn AS from_fqn, t.type AS to_type, t.fqn AS to_fqn,
        p.type AS pipeline_type, p.fqn AS pipeline_fqn
      FROM edge JOIN entity f ON f.id = from_id JOIN entity t ON t.id = to_id LEFT JOIN entity p ON p.id = edge.pipeline_id
      ORDER BY f.fqn, f.type, t.fqn, t.type, p.fqn, edge.source`,
  );
  for (const row of rows) {
    const { columnsLineage, ...fields } = JSON.parse(String(row.body)) as { columnsLineage?: ColumnLineage[] };
    yield line({
      kind: "lineage",
      from: { type: row.from_type, fullyQualifiedName: row.from_fqn },
      to: { type: row.to_type, fullyQualifiedName: row.to_fqn },
      source: row.source,
      ...(row.pipeline_fqn === null
        ? {}
        : { pipeline: { type: row.pipeline_type, fullyQualifiedName: row.pipeline_fqn } }),
      ...fields,
      ...(columnsLineage ? { columnsLineage: inOrder(columnsLineage) } : {}),
    });
  }
}

function* statusLines(db: CatalogDatabase): Generator<string> {
  const rows = db.all(
    `SELECT entity.fqn, pipeline_status.body FROM pipeline_status JOIN entity ON entity.id = pipeline_id
      ORDER BY entity.fqn, timestamp`,
  );
  for (const row of rows) {
    yield line({ kind: "pipelineStatus", pipeline: row.fqn, ...(JSON.parse(String(row.body)) as Body) });
  }
}

/** Column lineage in an order that does not depend on who wrote first. */
function inOrder(lineage: ColumnLineage[]): ColumnLineage[] {
  return lineage
    .map((entry) => ({ ...entry, fromColumns: [...entry.fromColumns].sort() }))
    .map((entry) => [JSON.stringify([entry.toColumn, entry.function, entry.fromColumns]), entry] as const)
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([, entry]) => entry);
}

function named(store: EntityStore, body: Body): Body {
  // A hash covers the owners' ids, which every catalog gives out itself.
  const { sourceHash: _hash, ...shown }: Body = body;
  const show = (value: unknown): unknown => {
    const reference = store.reference(String((value as { id: unknown }).id));
    return reference && { type: reference.type, fullyQualifiedName: reference.fullyQualifiedName };
  };
  for (const field of referenceFields) if (shown[field] !== undefined) shown[field] = show(shown[field]);
  for (const field of referenceListFields) {
    if (shown[field] !== undefined) shown[field] = (shown[field] as unknown[]).flatMap((value) => show(value) ?? []);
  }
  if (Array.isArray(shown.tasks)) {
    shown.tasks = (shown.tasks as Body[]).map((task) =>
      task.owners === undefined
        ? task
        : { ...task, owners: (task.owners as unknown[]).flatMap((value) => show(value) ?? []) },
    );
  }
  return shown;
}

function line(value: Body): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Body).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
