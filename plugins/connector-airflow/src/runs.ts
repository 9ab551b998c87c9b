import { OrderChoice, remainingRows, ShortListingError } from "./batch-pages.ts";
import { pageSize, type AirflowClient, type BatchPage } from "./client.ts";
import { inParallel } from "./parallel.ts";
import type { ApiVersion, RunRow } from "./shapes.ts";
import { newestFirst } from "./status-mapping.ts";
import { runKey } from "./task-instances.ts";

/** v1 knows no `run_after`; in v2 a logical date may be null, the time a run was due never is. */
const orders: Readonly<Record<ApiVersion, readonly (string | undefined)[]>> = {
  v1: ["-execution_date", "-start_date", undefined],
  v2: ["-run_after", "-logical_date", "-start_date", undefined],
};
/** Reading everything is cheaper than asking group by group until it is this many times what is wanted. */
const wasteAllowed = 4;
const parallelGroups = 4;

/** The newest runs of many DAGs, in few calls. */
export class RunReader {
  readonly #client: AirflowClient;
  readonly #perDag: number;
  readonly #order: OrderChoice;

  constructor(client: AirflowClient, perDag: number) {
    this.#client = client;
    this.#perDag = perDag;
    this.#order = new OrderChoice(orders[client.version]);
  }

  /** The newest runs of each DAG, newest first, at most as many as wanted; DAGs that never ran have an empty list. Throws HttpErrors. */
  async latest(dagIds: readonly string[]): Promise<Map<string, RunRow[]>> {
    const found = new Map<string, Map<string, RunRow>>(dagIds.map((id) => [id, new Map()]));
    const take = (rows: readonly RunRow[]): void => {
      for (const row of rows) found.get(row.dag_id)?.set(row.dag_run_id, row);
    };
    const first = await this.#page(dagIds, 0, pageSize);
    const affordable = Math.max(wasteAllowed * dagIds.length * this.#perDag, pageSize);
    if (first.total <= affordable || this.#order.current === undefined) {
      take(await this.#all(dagIds, first));
    } else {
      const groupSize = Math.max(1, Math.floor(pageSize / this.#perDag));
      const groups = Array.from({ length: Math.ceil(dagIds.length / groupSize) }, (_, at) =>
        dagIds.slice(at * groupSize, (at + 1) * groupSize),
      );
      await inParallel(groups, parallelGroups, (group) => this.#newest(group, found, take));
    }
    return new Map(
      [...found].map(([id, runs]) => [id, [...runs.values()].toSorted(newestFirst).slice(0, this.#perDag)]),
    );
  }

  /** All runs of these DAGs. Offsets shift when runs come in meanwhile, so what came is counted, and read again once. Throws {@link ShortListingError}. */
  async #all(dagIds: readonly string[], first: BatchPage<RunRow>): Promise<RunRow[]> {
    let start = first;
    for (let attempt = 1; ; attempt += 1) {
      const rows = [
        ...start.rows,
        ...(await remainingRows(start, (offset, limit) => this.#page(dagIds, offset, limit))),
      ];
      const distinct = new Map(rows.map((row) => [runKey(row), row]));
      if (distinct.size >= start.total) return [...distinct.values()];
      if (attempt > 1)
        throw new ShortListingError(`${distinct.size} different runs, but ${start.total} were announced`);
      start = await this.#page(dagIds, 0, pageSize);
    }
  }

  /** Asks for the newest runs of a group, then of those DAGs of it that have not got enough, until all have or there are no more. */
  async #newest(
    group: readonly string[],
    found: ReadonlyMap<string, ReadonlyMap<string, RunRow>>,
    take: (rows: readonly RunRow[]) => void,
  ): Promise<void> {
    let open = group;
    let offset = 0;
    const listed = new Set<string>();
    while (open.length > 0) {
      const page = await this.#page(open, offset, pageSize);
      take(page.rows);
      if (offset === 0) listed.clear();
      const before = listed.size;
      for (const row of page.rows) listed.add(runKey(row));
      if (page.rows.length > 0 && listed.size === before)
        throw new ShortListingError(`the page at ${offset} of ${page.total} runs has nothing new`);
      if (offset + page.rows.length >= page.total) return;
      const rest = open.filter((id) => (found.get(id)?.size ?? 0) < this.#perDag);
      if (page.rows.length === 0) throw new Error(`an empty page after ${offset} of ${page.total} runs`);
      // With fewer DAGs the listing is another one and begins anew; otherwise it is read on.
      offset = rest.length < open.length ? 0 : offset + page.rows.length;
      open = rest;
    }
  }

  #page(dagIds: readonly string[], offset: number, limit: number): Promise<BatchPage<RunRow>> {
    return this.#order.ask((order) =>
      this.#client.runs({ dag_ids: dagIds, page_offset: offset, page_limit: limit, ...order }),
    );
  }
}
