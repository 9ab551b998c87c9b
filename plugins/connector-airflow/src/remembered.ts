import { hash } from "node:crypto";
import type { Marks, SourceContext } from "@omd/core";
import type { Mark, PipelineStatus } from "@omd/schema";
import { z } from "zod";
import type { DagRow, RunRow } from "./shapes.ts";

/** What is known of a DAG's tasks since they were read. */
const taskMemory = z.object({
  /** Hash of the DAG's row and of the settings that the mapping depends on. */
  row: z.string(),
  /** When they were read; epoch ms. */
  at: z.number(),
  /** Names of the tasks. */
  tasks: z.array(z.string()),
  /** Hash of the DAG file's source, when it was read. */
  source: z.string().optional(),
  /** v2: versions created after this (epoch ms) are news. */
  since: z.number().optional(),
  /** v2: the newest version's number. */
  version: z.number().optional(),
  /** v2: whether that version had run. One that has not is changed in place, without a new version. */
  ran: z.boolean().optional(),
});
export type TaskMemory = z.infer<typeof taskMemory>;

/** A run that is in the catalog: its id, what would change if it ran again or went on, and its timestamp there. */
const runMemory = z.array(z.tuple([z.string(), z.string(), z.number()]));

export interface RunMemory {
  readonly fingerprint: string;
  readonly timestamp: number;
}

const taskKey = (dagId: string): string => `tasks/${dagId}`;
const runsKey = (dagId: string): string => `runs/${dagId}`;

function read<T>(marks: Marks, key: string, schema: z.ZodType<T>): T | undefined {
  const text = marks.get(key);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function rememberedTasks(marks: Marks, dagId: string): TaskMemory | undefined {
  return read(marks, taskKey(dagId), taskMemory);
}

export function tasksMark(dagId: string, memory: TaskMemory): Mark {
  return { key: taskKey(dagId), value: JSON.stringify(memory) };
}

/** By run id. */
export function rememberedRuns(marks: Marks, dagId: string): Map<string, RunMemory> {
  const runs = read(marks, runsKey(dagId), runMemory) ?? [];
  return new Map(runs.map(([id, fingerprint, timestamp]) => [id, { fingerprint, timestamp }]));
}

export function runsMark(dagId: string, runs: ReadonlyMap<string, RunMemory>): Mark {
  const entries = [...runs].map(([id, run]) => [id, run.fingerprint, run.timestamp] as const);
  return { key: runsKey(dagId), value: JSON.stringify(entries) };
}

/** Changes when a finished run is cleared and runs again. */
export function fingerprintOf(run: RunRow): string {
  return `${run.state ?? ""} ${run.end_date ?? ""}`;
}

/** Changes with what is told of a run that is not over. */
export function fingerprintOfStatus(status: PipelineStatus): string {
  return hash("sha1", JSON.stringify(status), "base64url");
}

/** The earliest moment (epoch ms) since which any DAG's tasks are remembered by versions. */
export function earliestSince(marks: Marks): number | undefined {
  let earliest: number | undefined;
  for (const { value } of marks.withPrefix("tasks/")) {
    const since = /"since":(\d+)/u.exec(value)?.[1];
    if (since !== undefined) earliest = Math.min(earliest ?? Infinity, Number(since));
  }
  return earliest;
}

/** Hash of what the mapping takes from the row; owners and tags come in changing order, the token of the file is signed anew. */
export function rowHash(dag: DagRow, settings: string): string {
  const { file_token: _token, has_import_errors: _errors, owners, tags, ...row } = dag;
  const stable = [settings, row, (owners ?? []).toSorted(), (tags ?? []).toSorted()];
  return hash("sha1", JSON.stringify(stable), "base64url");
}

/** Forgets DAGs that are gone. */
export function forgetOthers(context: Pick<SourceContext, "marks">, listed: ReadonlySet<string>): void {
  for (const prefix of ["tasks/", "runs/"])
    for (const { key } of context.marks.withPrefix(prefix))
      if (!listed.has(key.slice(prefix.length))) context.marks.forget(key);
}
