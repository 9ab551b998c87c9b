/** Fields that are no part of the body: they show what hangs on the entity, and only when they are asked for. */
export const derivedFields: ReadonlySet<string> = new Set(
  (
    "sampleData joins customMetrics profile pipelineObservability usageSummary pipelineStatuses " +
    "testCaseResult testCaseStatus incidentId failedRowsSample testSuites tests summary testCaseResultSummary testConnectionResult"
  ).split(" "),
);
