import { join } from "node:path";
import type { ClientRun, PythonClient, WorkflowName } from "./python-client.ts";
import type { RecordingProxy } from "./recording-proxy.ts";

interface Step {
  readonly workflow: WorkflowName;
  /** Tables that the shop lacks from this step on. */
  readonly without?: readonly string[];
}

/** Each workflow, and again what a second run, a table that is gone and one that is back need. */
const steps = {
  metadata: { workflow: "metadata" },
  // The keys between tables of one run are only found by the next.
  "metadata-keys": { workflow: "metadata" },
  "metadata-again": { workflow: "metadata" },
  lineage: { workflow: "lineage" },
  "lineage-again": { workflow: "lineage" },
  "query-lineage": { workflow: "query-lineage" },
  pipeline: { workflow: "pipeline" },
  "pipeline-again": { workflow: "pipeline" },
  dbt: { workflow: "dbt" },
  "dbt-again": { workflow: "dbt" },
  usage: { workflow: "usage" },
  "usage-again": { workflow: "usage" },
  profiler: { workflow: "profiler" },
  tests: { workflow: "tests" },
  "tests-again": { workflow: "tests" },
  "table-gone": { workflow: "metadata", without: ["coupons"] },
  "table-back": { workflow: "metadata", without: [] },
} as const satisfies Readonly<Record<string, Step>>;
export type StepName = keyof typeof steps;
export const stepNames = Object.keys(steps) as StepName[];

/** The recording of a step below `dir`; the files sort in the order of the steps. */
export const recordingOf = (dir: string, name: StepName): string =>
  join(dir, `${String(stepNames.indexOf(name) + 1).padStart(2, "0")}-${name}.jsonl`);

/** Runs the client's workflow of a step and writes its exchanges to `recordingOf(dir, name)`. */
export async function recordStep(
  client: PythonClient,
  proxy: RecordingProxy,
  dir: string,
  name: StepName,
): Promise<ClientRun> {
  const { workflow, without }: Step = steps[name];
  if (without !== undefined) client.makeShop(without);
  proxy.recordTo(recordingOf(dir, name));
  try {
    return await client.run(workflow);
  } finally {
    proxy.recordTo(undefined);
  }
}
