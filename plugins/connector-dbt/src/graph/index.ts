export { beginGraph } from "./graph-records.ts";
export { GraphRun } from "./graph-run.ts";
