import { everyRemainingPage, OrderChoice } from "./batch-pages.ts";
import { pageSize, type AirflowClient, type PageCount } from "./client.ts";
import { inParallel } from "./parallel.ts";
import type { RunRow, TaskInstanceRow } from "./shapes.ts";
import { msOf, type TaskInstance } from "./status-mapping.ts";

const runsPerCall = 100;
const parallelCalls = 4;

/** Task instances of one run, or why they could not be read. */
export type RunInstances =
  | { readonly rows: readonly TaskInstance[]; readonly error?: undefined }
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
      const found = await this.#allOf(runs);
      if (found !== undefined) return new Map(runs.map((run) => [runKey(run), { rows: found.of(run) }]));
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
  async #allOf(runs: readonly RunRow[]): Promise<InstancesByRun | undefined> {
    const selection = {
      dag_ids: [...new Set(runs.map((run) => run.dag_id))],
      dag_run_ids: [...new Set(runs.map((run) => run.dag_run_id))],
    };
    const found = new InstancesByRun();
    const page = (offset: number, limit: number): Promise<PageCount> =>
      this.#order.ask((order) =>
        this.#client.taskInstances({ ...selection, page_offset: offset, page_limit: limit, ...order }, (rows) =>
          found.add(rows),
        ),
      );
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const first = await page(0, pageSize);
      await everyRemainingPage(first, page);
      if (found.count >= first.total) return found;
    }
    return undefined;
  }
}

/** Takes rows of any runs: the filters for DAGs and runs are independent, so other DAGs' runs of the same id come along. */
export class InstancesByRun {
  readonly #runs = new Map<string, Map<string, TaskInstance>>();
  /** One text for all rows of a task. */
  readonly #taskIds = new Map<string, string>();
  #count = 0;

  /** Different instances. */
  get count(): number {
    return this.#count;
  }

  add(rows: readonly TaskInstanceRow[]): void {
    for (const row of rows) {
      const key = runKey(row);
      let instances = this.#runs.get(key);
      if (instances === undefined) this.#runs.set(key, (instances = new Map<string, TaskInstance>()));
      const instance = this.#kept(row);
      const own = instance.mapIndex < 0 ? instance.taskId : `${instance.taskId}\n${instance.mapIndex}`;
      const known = instances.get(own);
      if (known === undefined) this.#count += 1;
      if (known === undefined || known.tryNumber <= instance.tryNumber) instances.set(own, instance);
    }
  }

  of(run: RunRow): TaskInstance[] {
    return [...(this.#runs.get(runKey(run))?.values() ?? [])];
  }

  #kept(row: TaskInstanceRow): TaskInstance {
    let taskId = this.#taskIds.get(row.task_id);
    if (taskId === undefined) this.#taskIds.set(row.task_id, (taskId = row.task_id));
    return {
      taskId,
      mapIndex: row.map_index ?? -1,
      tryNumber: row.try_number ?? 0,
      state: row.state,
      start: msOf(row.start_date),
      end: msOf(row.end_date),
    };
  }
}
