import { randomUUID } from "node:crypto";
import { createIncidentStatus, InvalidNameError, parseFqn } from "@omd/schema";
import { badRequest } from "../columns.ts";
import { notFound, type Body, type StoredEntity } from "../entity-store.ts";
import { masked } from "../mask.ts";
import { parsed, type ExtrasContext } from "./extras-context.ts";
import type { Point, Points, Series, TimeRange } from "./series.ts";

const extension = "testCase.incident";

/** Incidents of test cases: each is a series of states, from New to Resolved, under one state id. Source: om-api §3.7. */
export class Incidents {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** A further state of the open incident; of a new one when none is open. Throws CatalogError 400 and 404. */
  put(body: unknown): Body {
    const { testCaseReference, ...status } = parsed(createIncidentStatus, body, "incident status");
    const testCase = this.#testCase(testCaseReference);
    if (status.testCaseResolutionStatusType === "Assigned")
      this.#context.references.owners([status.testCaseResolutionStatusDetails.assignee]);
    const open = openIncident(this.#context.series, testCase.id);
    return this.#shown(testCase.id, this.#add(testCase.id, open ?? randomUUID(), masked(status) as Body));
  }

  /** The id of the open incident of a test case that failed; opens one when there is none. */
  opened(testCaseId: string): string {
    const open = openIncident(this.#context.series, testCaseId);
    if (open !== undefined) return open;
    const stateId = randomUUID();
    this.#add(testCaseId, stateId, { testCaseResolutionStatusType: "New" });
    return stateId;
  }

  /** States of the incidents of one test case, or of all; newest first. Throws CatalogError 400 and 404. */
  list(range: TimeRange & { testCaseFqn?: string | undefined; offset?: number | undefined } = {}): Points {
    const testCase = range.testCaseFqn === undefined ? undefined : this.#testCase(range.testCaseFqn);
    const where = `FROM series JOIN entity ON entity.id = entity_id AND entity.deleted = 0
      WHERE extension = ?1 AND (?2 IS NULL OR entity_id = ?2) AND timestamp BETWEEN ?3 AND ?4`;
    const values = [extension, testCase?.id ?? null, range.startTs ?? 0, range.endTs ?? Number.MAX_SAFE_INTEGER];
    const total = this.#context.db.get(`SELECT count(*) AS n ${where}`, ...values);
    const rows = this.#context.db.all(
      `SELECT entity_id, series.body ${where} ORDER BY timestamp DESC, entity_id, key LIMIT ?5 OFFSET ?6`,
      ...values,
      range.limit ?? 10,
      range.offset ?? 0,
    );
    const data = rows.map((row) => this.#shown(String(row.entity_id), JSON.parse(String(row.body)) as Body));
    return { data, total: Number(total?.n ?? 0) };
  }

  /** The states of one incident, newest first. Throws CatalogError 404. */
  ofState(stateId: string): Points {
    const data = this.#context.db
      .all(
        `SELECT entity_id, body FROM series WHERE extension = ? AND key = ? ORDER BY timestamp DESC`,
        extension,
        stateId,
      )
      .map((row) => this.#shown(String(row.entity_id), JSON.parse(String(row.body)) as Body));
    if (data.length === 0) throw notFound("testCaseResolutionStatus", stateId);
    return { data, total: data.length };
  }

  #add(testCaseId: string, stateId: string, status: Body): Body {
    const { series, clock } = this.#context;
    // Each state has a time of its own: two that come within a millisecond would replace each other.
    const newest = newestState(series, testCaseId)?.timestamp ?? 0;
    const timestamp = Math.max(clock(), newest + 1);
    const body = { id: randomUUID(), stateId, timestamp, updatedAt: timestamp, ...status };
    series.put(testCaseId, extension, { key: stateId, timestamp, body });
    return body;
  }

  #shown(testCaseId: string, state: Body): Body {
    return { ...state, testCaseReference: this.#context.store.reference(testCaseId) };
  }

  #testCase(fqn: string): StoredEntity {
    try {
      return this.#context.store.liveByFqn("testCase", parseFqn(fqn));
    } catch (error) {
      if (error instanceof InvalidNameError) throw badRequest(error.message);
      throw error;
    }
  }
}

/** The state id of the incident that is not resolved yet. */
export function openIncident(series: Series, testCaseId: string): string | undefined {
  const newest = newestState(series, testCaseId);
  return newest?.body.testCaseResolutionStatusType === "Resolved" ? undefined : newest?.key;
}

function newestState(series: Series, testCaseId: string): Point | undefined {
  return series.points(testCaseId, extension, { limit: 1 })[0];
}
