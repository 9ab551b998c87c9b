import type { EntityReference } from "@omd/schema";
import type { CatalogDatabase } from "../database.ts";
import { entityFields } from "../entity-fields.ts";
import type { Body, EntityStore, StoredEntity } from "../entity-store.ts";
import { Attachments } from "./attachments.ts";
import { withEach } from "./column-names.ts";
import { connectionResult } from "./connection-tests.ts";
import { derivedFields } from "./derived-fields.ts";
import { openIncident } from "./incidents.ts";
import { sampleData } from "./samples.ts";
import { Series } from "./series.ts";
import { customMetric, observability } from "./table-extras.ts";
import { joinsOf } from "./table-joins.ts";
import { failedRowsSample, testResults } from "./test-results.ts";
import { usageSummary } from "./usage.ts";

/** Adds to an entity that is shown what hangs on it beside its body, as far as it is asked for. */
export class ExtraFields {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;
  readonly #attachments: Attachments;
  readonly #series: Series;
  readonly #readers: Readonly<Record<string, (entity: StoredEntity) => unknown>>;

  constructor(db: CatalogDatabase, store: EntityStore) {
    this.#db = db;
    this.#store = store;
    this.#attachments = new Attachments(db);
    this.#series = new Series(db);
    this.#readers = {
      sampleData: ({ id }) => this.#attachments.get(id, sampleData),
      usageSummary: ({ id }) => usageSummary(db, id),
      joins: ({ id }) => joinsOf(this.#series, id),
      profile: ({ id }) => this.#series.latest(id, "table.tableProfile")?.body,
      pipelineObservability: ({ id }) => this.#observability(id),
      pipelineStatuses: ({ id }) => this.#latestRun(id),
      testCaseResult: ({ id }) => this.#series.latest(id, testResults)?.body,
      testCaseStatus: ({ id }) => this.#series.latest(id, testResults)?.body.testCaseStatus,
      incidentId: ({ id }) => openIncident(this.#series, id),
      failedRowsSample: ({ id }) => this.#attachments.get(id, failedRowsSample),
      testConnectionResult: ({ id }) => this.#attachments.get(id, connectionResult),
      testSuites: (entity) => this.#suites(entity),
      tests: (entity) => this.#tests(entity),
      summary: (entity) => this.#summary(entity),
      testCaseResultSummary: (entity) => this.#latestResults(entity),
    };
  }

  fill(entity: StoredEntity, shown: Body, chosen: (field: string) => boolean): void {
    for (const field of fieldsOf(entity.type)) {
      if (field === "customMetrics" || !chosen(field)) continue;
      const value = this.#readers[field]?.(entity);
      if (value !== undefined) shown[field] = value;
    }
    if (entity.type === "table" && chosen("customMetrics")) this.#addMetrics(entity, shown);
  }

  #addMetrics(table: StoredEntity, shown: Body): void {
    const byColumn = new Map<string, Body[]>();
    for (const { key, body } of this.#attachments.all(table.id, customMetric)) {
      const [column = ""] = JSON.parse(key) as string[];
      const owners = (body.owners as { id: string }[] | undefined)?.flatMap(({ id }) => this.#reference(id));
      byColumn.set(column, [...(byColumn.get(column) ?? []), { ...body, ...(owners ? { owners } : {}) }]);
    }
    if (byColumn.size === 0) return;
    const own = byColumn.get("");
    if (own) shown.customMetrics = own;
    shown.columns = withEach(shown.columns, (fqn): Body => {
      const customMetrics = byColumn.get(fqn);
      return customMetrics ? { customMetrics } : {};
    });
  }

  #observability(tableId: string): Body[] | undefined {
    const runs = this.#attachments.all(tableId, observability).flatMap(({ key, body }) => {
      const pipeline = this.#store.reference(key);
      return pipeline ? [{ ...body, pipeline }] : [];
    });
    return runs.length > 0 ? runs : undefined;
  }

  #latestRun(ingestionPipelineId: string): unknown {
    const row = this.#db.get(
      "SELECT body FROM ingestion_run WHERE ingestion_pipeline_id = ? ORDER BY timestamp DESC LIMIT 1",
      ingestionPipelineId,
    );
    return row && (JSON.parse(String(row.body)) as unknown);
  }

  /** The logical suites that a test case is in, as small as OpenMetadata's schema allows. */
  #suites({ id }: StoredEntity): Body[] | undefined {
    const suites = this.#db
      .all("SELECT suite_id FROM suite_case WHERE case_id = ? ORDER BY suite_id", id)
      .flatMap((row) => this.#reference(String(row.suite_id)))
      .map(({ id: suiteId, name, fullyQualifiedName }) => ({ id: suiteId, name, fullyQualifiedName }));
    return suites.length > 0 ? suites : undefined;
  }

  #tests(suite: StoredEntity): EntityReference[] | undefined {
    const tests = this.#caseIds(suite).flatMap((id) => this.#reference(id));
    return tests.length > 0 ? tests : undefined;
  }

  #summary(suite: StoredEntity): Body {
    const counts = { success: 0, failed: 0, aborted: 0, queued: 0 };
    const ids = this.#caseIds(suite);
    for (const id of ids) {
      const status = String(this.#series.latest(id, testResults)?.body.testCaseStatus).toLowerCase();
      if (status in counts) counts[status as keyof typeof counts] += 1;
    }
    return { ...counts, total: ids.length };
  }

  #latestResults(suite: StoredEntity): Body[] | undefined {
    const results = this.#caseIds(suite).flatMap((id): Body[] => {
      const result = this.#series.latest(id, testResults)?.body;
      if (!result) return [];
      return [{ testCaseName: result.testCaseFQN, status: result.testCaseStatus, timestamp: result.timestamp }];
    });
    return results.length > 0 ? results : undefined;
  }

  /** A basic suite holds its test cases as children, a logical one as members. */
  #caseIds({ id }: StoredEntity): string[] {
    return this.#db
      .all(
        `SELECT id FROM entity WHERE type = 'testCase' AND deleted = 0 AND (parent_id = ?1 OR id IN (
            SELECT case_id FROM suite_case WHERE suite_id = ?1)) ORDER BY name, id`,
        id,
      )
      .map((row) => String(row.id));
  }

  #reference(id: string): EntityReference[] {
    const found = this.#store.reference(id);
    return found ? [found] : [];
  }
}

const byType = new Map<string, readonly string[]>();

function fieldsOf(type: StoredEntity["type"]): readonly string[] {
  let known = byType.get(type);
  if (known === undefined) {
    const all = entityFields(type);
    known = [...derivedFields].filter((field) => all.has(field));
    byType.set(type, known);
  }
  return known;
}
