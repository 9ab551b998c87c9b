export { graphRecords } from "./graph-records.ts";
export { GraphRun } from "./graph-run.ts";
