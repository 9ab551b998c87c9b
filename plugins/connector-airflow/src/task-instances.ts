import { OrderChoice, remainingRows } from "./batch-pages.ts";
import { pageSize, type AirflowClient } from "./client.ts";
import { inParallel } from "./parallel.ts";
import type { RunRow, TaskInstanceRow } from "./shapes.ts";

const runsPerCall = 100;
const parallelCalls = 4;

/** Task instances of one run, or why they could not be read. */
export type RunInstances =
  | { readonly rows: readonly TaskInstanceRow[]; readonly error?: undefined }
  | { readonly rows?: undefined; readonly error: unknown };

/** A key of a run among all DAGs. */
export function runKey(run: { readonly dag_id: string; readonly dag_run_id: string }): string {
  return `${run.dag_id}\n${run.dag_run_id}`;
}

/** Reads the task instances of many runs in few calls. */
export class TaskInstanceReader {
  readonly #client: AirflowClient;
  readonly #order: OrderChoice;

  constructor(client: AirflowClient) {
    this.#client = client;
    // v1 takes no order here: what pages hold is proven by counting instead.
    this.#order = new OrderChoice(client.version === "v1" ? [undefined] : ["id", undefined]);
  }

  /** By {@link runKey}. An error concerns only the runs that it hit. */
  async of(runs: readonly RunRow[]): Promise<Map<string, RunInstances>> {
    const groups = Array.from({ length: Math.ceil(runs.length / runsPerCall) }, (_, at) =>
      runs.slice(at * runsPerCall, (at + 1) * runsPerCall),
    );
    const results = await inParallel(groups, parallelCalls, (group) => this.#group(group));
    return new Map(results.flatMap((result) => [...result]));
  }

  async #group(runs: readonly RunRow[]): Promise<Map<string, RunInstances>> {
    try {
      const rows = await this.#allOf(runs);
      if (rows !== undefined) return byRun(runs, rows);
    } catch (error) {
      return new Map(runs.map((run) => [runKey(run), { error }]));
    }
    if (runs.length === 1) {
      const error = new Error("the pages of its task instances do not add up to the announced total");
      return new Map(runs.map((run) => [runKey(run), { error }]));
    }
    const half = Math.ceil(runs.length / 2);
    const parts = [await this.#group(runs.slice(0, half)), await this.#group(runs.slice(half))];
    return new Map(parts.flatMap((part) => [...part]));
  }

  /** Undefined when rows are missing: pages without an order may repeat some and leave out others. Tries twice. */
  async #allOf(runs: readonly RunRow[]): Promise<readonly TaskInstanceRow[] | undefined> {
    const selection = {
      dag_ids: [...new Set(runs.map((run) => run.dag_id))],
      dag_run_ids: [...new Set(runs.map((run) => run.dag_run_id))],
    };
    const page = (offset: number, limit: number) =>
      this.#order.ask((order) =>
        this.#client.taskInstances({ ...selection, page_offset: offset, page_limit: limit, ...order }),
      );
    const distinct = new Map<string, TaskInstanceRow>();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const first = await page(0, pageSize);
      const rows = [...first.rows, ...(await remainingRows(first, page))];
      for (const row of rows) distinct.set(`${runKey(row)}\n${row.task_id}\n${row.map_index ?? -1}`, row);
      if (distinct.size >= first.total) return [...distinct.values()];
    }
    return undefined;
  }
}

/** The filters for DAGs and runs are independent, so other DAGs' runs of the same id come along and are left out here. */
function byRun(runs: readonly RunRow[], rows: readonly TaskInstanceRow[]): Map<string, RunInstances> {
  const wanted = new Map<string, TaskInstanceRow[]>(runs.map((run) => [runKey(run), []]));
  for (const row of rows) wanted.get(runKey(row))?.push(row);
  return new Map([...wanted].map(([key, found]) => [key, { rows: found }]));
}
