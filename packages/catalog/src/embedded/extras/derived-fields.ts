import type { EntityType } from "@omd/schema";

/** Fields that are no part of the body: they show what hangs on the entity, and only when they are asked for. */
export const derivedFields: ReadonlySet<string> = new Set(
  (
    "sampleData joins customMetrics profile pipelineObservability usageSummary pipelineStatuses " +
    "testCaseResult testCaseStatus incidentId failedRowsSample testSuites tests summary testCaseResultSummary testConnectionResult"
  ).split(" "),
);

/** Whether the field is none of the body: the profile of a table hangs on it, that of a user or team is a part of it. */
export function isDerived(field: string, type?: EntityType): boolean {
  return derivedFields.has(field) && !(field === "profile" && (type === "user" || type === "team"));
}
