export { graphRecords, type GraphParts } from "./graph-records.ts";
export { GraphRun } from "./graph-run.ts";
