import { z } from "zod";

/** Answers of Airflow's REST APIs v1 (2.x) and v2 (3.x), as far as they are used. Unknown keys are dropped; what is required here, no row can do without. */
const text = z.string().nullish();
const date = z.string().nullish();

export type ApiVersion = "v1" | "v2";

export const versionAnswer = z.object({ version: z.string() });
export const loginAnswer = z.object({ access_token: z.string().min(1) });

const tagName = z.union([z.string(), z.object({ name: z.string() }).transform((tag) => tag.name)]);

export const dagRow = z.object({
  dag_id: z.string().min(1),
  dag_display_name: text,
  description: text,
  doc_md: text,
  fileloc: text,
  relative_fileloc: text,
  bundle_name: text,
  /** Opens the DAG's source in v1. */
  file_token: text,
  is_paused: z.boolean().nullish(),
  /** v1 */
  is_active: z.boolean().nullish(),
  /** v2 */
  is_stale: z.boolean().nullish(),
  has_import_errors: z.boolean().nullish(),
  max_active_runs: z.int().nullish(),
  start_date: date,
  /** v1: null, text, `{__type, value}` or a time span. */
  schedule_interval: z.unknown().optional(),
  /** v2 */
  timetable_summary: text,
  owners: z.array(z.string()).nullish(),
  tags: z.array(tagName).nullish(),
});
export type DagRow = z.infer<typeof dagRow>;

export const taskRow = z.object({
  task_id: z.string().min(1),
  task_display_name: text,
  owner: text,
  doc_md: text,
  start_date: date,
  end_date: date,
  downstream_task_ids: z.array(z.string()).nullish(),
  class_ref: z.object({ class_name: text }).nullish(),
  operator_name: text,
});
export type TaskRow = z.infer<typeof taskRow>;
/** v1 and v2 send all tasks of a DAG in one answer; v2 adds `total_entries`. */
export const tasksAnswer = z.object({ tasks: z.array(taskRow), total_entries: z.int().nullish() });

export const runRow = z.object({
  dag_id: z.string(),
  dag_run_id: z.string(),
  state: text,
  execution_date: date,
  logical_date: date,
  run_after: date,
  start_date: date,
  end_date: date,
  /** v2: versions of the DAG that task instances of the run belong to. */
  dag_versions: z.array(z.object({ version_number: z.int() })).nullish(),
});
export type RunRow = z.infer<typeof runRow>;

export const taskInstanceRow = z.object({
  dag_id: z.string(),
  dag_run_id: z.string(),
  task_id: z.string(),
  map_index: z.int().nullish(),
  state: text,
  start_date: date,
  end_date: date,
  try_number: z.int().nullish(),
});
export type TaskInstanceRow = z.infer<typeof taskInstanceRow>;

/** Says what {@link taskInstanceRow} says, without copying the row: hundreds of thousands of them pass through here. */
export function isTaskInstanceRow(value: unknown): value is TaskInstanceRow {
  if (typeof value !== "object" || value === null) return false;
  const row = value as Readonly<Record<keyof TaskInstanceRow, unknown>>;
  return (
    typeof row.dag_id === "string" &&
    typeof row.dag_run_id === "string" &&
    typeof row.task_id === "string" &&
    isNullish(row.state, "string") &&
    isNullish(row.start_date, "string") &&
    isNullish(row.end_date, "string") &&
    isNullish(row.map_index, "number") &&
    isNullish(row.try_number, "number")
  );
}

function isNullish(value: unknown, type: "string" | "number"): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === type && (type === "string" || Number.isSafeInteger(value));
}

const dagReference = z.object({ dag_id: z.string() });
const taskReference = z.object({ dag_id: z.string(), task_id: z.string() });
/** A dataset (v1) or an asset (v2). */
export const datasetRow = z.object({
  uri: z.string(),
  producing_tasks: z.array(taskReference).nullish(),
  /** v1 and 3.0 */
  consuming_dags: z.array(dagReference).nullish(),
  /** v2, 3.1 and later */
  scheduled_dags: z.array(dagReference).nullish(),
  /** v2 */
  consuming_tasks: z.array(taskReference).nullish(),
});
export type DatasetRow = z.infer<typeof datasetRow>;

export const importErrorRow = z.object({
  filename: text,
  bundle_name: text,
  stack_trace: text,
});
export type ImportErrorRow = z.infer<typeof importErrorRow>;

export const dagVersionRow = z.object({
  dag_id: z.string(),
  version_number: z.int(),
  created_at: z.string(),
});
export type DagVersionRow = z.infer<typeof dagVersionRow>;

export const sourceAnswer = z.object({ content: z.string().nullish() });

/** Checks an answer; the error names the first fault only, since every row of a page may have it. */
export function shaped<T>(schema: z.ZodType<T>): (value: unknown) => T {
  return (value) => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const [first] = result.error.issues;
    throw new TypeError(first ? `${first.path.join(".")}: ${first.message}` : "unexpected shape");
  };
}
