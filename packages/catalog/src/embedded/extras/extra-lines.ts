import type { CatalogDatabase, Row } from "../database.ts";
import type { Body } from "../entity-store.ts";

/** What each catalog gives out itself: ids, times of writing, references by id. */
const ownOfCatalog: ReadonlySet<string> = new Set(
  "id incidentId stateId updatedAt updatedBy owners pipeline testCase".split(" "),
);

/**
 * What hangs on entities, for an export: by FQN of the entity. Incidents are left out, as nothing but their ids tells them apart, and so
 * are jobs of automations.
 */
export function* extraLines(db: CatalogDatabase): Generator<Body> {
  yield* attachmentLines(db);
  yield* seriesLines(db);
  for (const row of db.all(
    `SELECT type, fqn, date, count FROM entity_usage JOIN entity ON entity.id = entity_id ORDER BY fqn, type, date`,
  ))
    yield { kind: "usage", ...subject(row), date: row.date, count: row.count };
  for (const row of db.all(
    `SELECT suite.fqn AS suite, test.fqn AS test FROM suite_case JOIN entity suite ON suite.id = suite_id
      JOIN entity test ON test.id = case_id ORDER BY suite.fqn, test.fqn`,
  ))
    yield { kind: "suiteMember", testSuite: row.suite, testCase: row.test };
  for (const row of db.all("SELECT type, body FROM custom_property ORDER BY type, name"))
    yield { kind: "customProperty", type: row.type, value: JSON.parse(String(row.body)) as Body };
}

function* attachmentLines(db: CatalogDatabase): Generator<Body> {
  const rows = db.all(
    `SELECT entity.type, entity.fqn, attachment.name, key, attachment.body, pipeline.fqn AS pipeline
      FROM attachment JOIN entity ON entity.id = entity_id LEFT JOIN entity pipeline ON pipeline.id = key
      ORDER BY entity.fqn, entity.type, attachment.name, coalesce(pipeline.fqn, key)`,
  );
  for (const row of rows)
    yield { kind: "attachment", ...subject(row), name: row.name, key: row.pipeline ?? row.key, value: valueOf(row) };
}

/** One entity after the other: its history may be long. */
function* seriesLines(db: CatalogDatabase): Generator<Body> {
  const subjects = db.all(
    `SELECT id, type, fqn FROM entity WHERE id IN (SELECT DISTINCT entity_id FROM series) ORDER BY fqn, type`,
  );
  for (const entity of subjects) {
    const rows = db.all(
      `SELECT extension, key, timestamp, body FROM series WHERE entity_id = ? AND extension <> 'testCase.incident'
        ORDER BY extension, key, timestamp`,
      entity.id ?? null,
    );
    for (const row of rows) {
      const { extension, key, timestamp } = row;
      yield { kind: "series", ...subject(entity), extension, key, timestamp, value: valueOf(row) };
    }
  }
}

function subject({ type, fqn }: Row): Body {
  return { type, fullyQualifiedName: fqn };
}

function valueOf(row: Row): Body {
  const value = JSON.parse(String(row.body)) as Body;
  return Object.fromEntries(Object.entries(value).filter(([field]) => !ownOfCatalog.has(field)));
}
