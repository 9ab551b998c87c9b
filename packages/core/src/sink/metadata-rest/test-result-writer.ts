import { isDeepStrictEqual } from "node:util";
import type { CreateTestCaseResult, EntityKey, TestResultRecord } from "@omd/schema";
import type { Catalog, Written } from "../../contracts/index.ts";
import type { KnownEntities, KnownEntity } from "./known-entities.ts";
import type { MissingEntities } from "./missing-entity.ts";

type StoredResult = Readonly<Record<string, unknown>>;

/** Writes results of test cases that the catalog has not got yet. */
export class TestResultWriter {
  readonly #catalog: Catalog;
  readonly #known: KnownEntities;
  readonly #missing: MissingEntities;

  constructor(catalog: Catalog, known: KnownEntities, missing: MissingEntities) {
    this.#catalog = catalog;
    this.#known = known;
    this.#missing = missing;
  }

  async write({ testCase, results, inspectionQuery: sql }: TestResultRecord): Promise<Written> {
    const key: EntityKey = { entityType: "testCase", fqn: testCase };
    const known = await this.#known.find(key);
    if (!known || known.deleted) return this.#missing.written(key);
    const stored = await this.#stored(key, known, results);
    const fresh = results.filter((result) => !stored.some((other) => says(other, result)));
    const isNewQuery = sql !== undefined && known.entity?.["inspectionQuery"] !== sql;
    await Promise.all([
      fresh.length > 0 ? this.#catalog.putTestResults(testCase, fresh) : undefined,
      isNewQuery ? this.#catalog.putInspectionQuery(known.id, sql) : undefined,
    ]);
    const outcome = fresh.length > 0 ? "created" : isNewQuery ? "updated" : "unchanged";
    return { outcome, name: `${testCase} (results)` };
  }

  /** The latest comes with the listing of test cases; older ones are read when there may be some. */
  async #stored(
    { fqn }: EntityKey,
    known: KnownEntity,
    results: readonly CreateTestCaseResult[],
  ): Promise<readonly StoredResult[]> {
    const times = results.map((result) => result.timestamp);
    if (known.isNew || times.length === 0) return [];
    const latest = known.entity?.["testCaseResult"] as StoredResult | undefined;
    const isShown = known.entity !== undefined;
    const latestAt = Number(latest?.["timestamp"] ?? 0);
    const oldestAt = times.reduce((a, b) => Math.min(a, b));
    if (isShown && oldestAt >= latestAt) return latest ? [latest] : [];
    const newestAt = times.reduce((a, b) => Math.max(a, b));
    return this.#catalog.testResults(fqn, { startTs: oldestAt, endTs: newestAt });
  }
}

/** Whether a stored result says all that the given one says. */
function says(stored: StoredResult, given: CreateTestCaseResult): boolean {
  return Object.entries(given).every(([field, value]) => {
    if (value === undefined || field === "fqn") return true;
    const isEmptyList = Array.isArray(value) && value.length === 0;
    return isDeepStrictEqual(stored[field], value) || (isEmptyList && stored[field] === undefined);
  });
}
