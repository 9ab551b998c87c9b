import type { CatalogEntity } from "@omd/core";
import { createLogicalTestCases, createTestCaseResult, testCaseResult, type FQN, type TableData } from "@omd/schema";
import { z } from "zod";
import { badRequest } from "../columns.ts";
import { notFound, type Body, type StoredEntity } from "../entity-store.ts";
import { masked } from "../mask.ts";
import { ColumnNames } from "./column-names.ts";
import { parsed, stableId, type ExtrasContext } from "./extras-context.ts";
import type { Incidents } from "./incidents.ts";
import { checkedRows } from "./samples.ts";
import type { Points, TimeRange } from "./series.ts";

export const testResults = "testCase.testCaseResult";
export const failedRowsSample = "failedRowsSample";
const text = z.string().min(1);

/** What runs of test cases leave behind. All methods throw CatalogError 400 and 404. Source: om-api §3.7. */
export class TestResults {
  readonly #context: ExtrasContext;
  readonly #incidents: Incidents;

  constructor(context: ExtrasContext, incidents: Incidents) {
    this.#context = context;
    this.#incidents = incidents;
  }

  /** A result as clients send it today, or in the `older` form. One that failed is part of an incident. */
  put(testCaseId: string, body: unknown, older = false): Body {
    return this.#put(this.#context.live("testCase", testCaseId), body, older);
  }

  #put(testCase: Pick<StoredEntity, "id" | "fqn">, body: unknown, older: boolean): Body {
    const given: Body = older
      ? parsed(testCaseResult, body, "test case result")
      : parsed(createTestCaseResult, body, "test case result");
    const { series } = this.#context;
    const { timestamp } = given as { timestamp: number };
    const known = series.at(testCase.id, testResults, timestamp);
    const kept = { ...(masked(given) as Body) };
    for (const filledIn of ["fqn", "testCase", "testDefinition"]) delete kept[filledIn];
    const result: Body = {
      ...kept,
      id: known?.id ?? stableId(testCase.id, testResults, timestamp),
      testCaseFQN: testCase.fqn,
      timestamp,
    };
    // A repeated result stays in its incident, even when that was resolved since.
    if (given.testCaseStatus === "Failed")
      result.incidentId = given.incidentId ?? known?.incidentId ?? this.#incidents.opened(testCase.id);
    series.put(testCase.id, testResults, { timestamp, body: result });
    return result;
  }

  /** Results of the test case of that name. */
  putAll(testCase: FQN, results: readonly unknown[]): void {
    const found = this.#context.store.liveByFqn("testCase", testCase);
    for (const result of results) this.#put(found, result, false);
  }

  /** Those of the test case of that name, newest first. */
  within(testCase: FQN, range: TimeRange): readonly Body[] {
    return this.list(this.#context.store.liveByFqn("testCase", testCase).id, range).data;
  }

  /** Newest first. */
  list(testCaseId: string, range: TimeRange): Points {
    return this.#context.series.range(this.#context.live("testCase", testCaseId).id, testResults, range);
  }

  delete(testCaseId: string, timestamp: number): Body {
    const testCase = this.#context.live("testCase", testCaseId);
    const known = this.#context.series.at(testCase.id, testResults, timestamp);
    if (!known) throw notFound("testCaseResult", `${testCase.fqn} at ${timestamp}`);
    this.#context.series.delete(testCase.id, testResults, timestamp);
    return known;
  }

  /** Rows that a test case found wrong; its columns are checked against the table unless `validate` is false. */
  putFailedRows(testCaseId: string, body: unknown, validate = true): CatalogEntity {
    const testCase = this.#context.live("testCase", testCaseId);
    const rows: TableData = checkedRows(body, validate ? this.#columns(testCase) : undefined);
    this.#context.attachments.put(testCase.id, failedRowsSample, "", rows);
    return this.#context.show(testCase, failedRowsSample);
  }

  /** Throws CatalogError 404 when there are none. */
  failedRows(testCaseId: string): Body {
    const rows = this.#context.attachments.get(this.#context.live("testCase", testCaseId).id, failedRowsSample);
    if (!rows) throw notFound(failedRowsSample, testCaseId);
    return rows;
  }

  deleteFailedRows(testCaseId: string): CatalogEntity {
    const testCase = this.#context.live("testCase", testCaseId);
    this.#context.attachments.delete(testCase.id, failedRowsSample);
    return this.#context.show(testCase);
  }

  /** SQL that shows what the test case found. */
  putInspectionQuery(testCaseId: string, sql: unknown): CatalogEntity {
    return this.#context.show(this.#keepQuery(testCaseId, sql), "inspectionQuery");
  }

  /** As {@link putInspectionQuery}, for who does not ask for the test case. */
  keepInspectionQuery(testCaseId: string, sql: string): void {
    this.#keepQuery(testCaseId, sql);
  }

  #keepQuery(testCaseId: string, sql: unknown): StoredEntity {
    const testCase = this.#context.live("testCase", testCaseId);
    this.#context.setBody(testCase, { inspectionQuery: masked(parsed(text, sql, "inspection query")) }, false);
    return testCase;
  }

  /** Puts test cases into a logical suite, beside those that are in it; answers the suite. */
  addToSuite(body: unknown): CatalogEntity {
    const { testSuiteId, testCaseIds } = parsed(createLogicalTestCases, body, "logical test cases");
    const suite = this.#context.live("testSuite", testSuiteId);
    if (suite.body.basic === true) throw badRequest("Test cases can't be added to a basic test suite");
    for (const id of testCaseIds) {
      const { id: caseId } = this.#context.live("testCase", id);
      this.#context.db.run("INSERT OR IGNORE INTO suite_case (suite_id, case_id) VALUES (?, ?)", suite.id, caseId);
    }
    return this.#context.show(suite, "tests");
  }

  /** Takes a test case out of a logical suite; answers the suite. */
  removeFromSuite(testSuiteId: string, testCaseId: string): CatalogEntity {
    const suite = this.#context.live("testSuite", testSuiteId);
    this.#context.db.run("DELETE FROM suite_case WHERE suite_id = ? AND case_id = ?", suite.id, testCaseId);
    return this.#context.show(suite, "tests");
  }

  /** Columns of the tested table. */
  #columns(testCase: StoredEntity): ColumnNames | undefined {
    const { entityFQN } = testCase.body;
    const table = this.#tested(typeof entityFQN === "string" ? entityFQN : testCase.fqn);
    return table && new ColumnNames(table);
  }

  /** The tested entity is a table or one of its columns. */
  #tested(fqn: string): StoredEntity | undefined {
    for (let name: string | undefined = fqn; name !== undefined; name = parent(name)) {
      const found = this.#context.store.byFqn("table", name);
      if (found) return found;
    }
    return undefined;
  }
}

function parent(fqn: string): string | undefined {
  const at = fqn.lastIndexOf(".");
  return at < 0 ? undefined : fqn.slice(0, at);
}
