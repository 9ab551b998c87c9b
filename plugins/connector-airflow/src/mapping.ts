import {
  encodeName,
  fqnOf,
  type CreatePipeline,
  type EntityReference,
  type TagLabel,
  type TagRecord,
  type Task,
} from "@omd/schema";
import type { Links } from "./links.ts";
import { scheduleOf } from "./schedule.ts";
import type { DagRow, TaskRow } from "./shapes.ts";
import { taskLabels } from "./task-labels.ts";

export const tagClassification = {
  name: "AirflowTags",
  description: "Tags that DAG authors set in Airflow.",
} as const;

/** What the mapping needs beside the rows. */
export interface MappingSettings {
  readonly serviceName: string;
  readonly links: Links;
  readonly includeTags: boolean;
  /** Undefined: owners are not brought. */
  readonly owners: ((name: string) => EntityReference | undefined) | undefined;
}

/** A DAG with its tasks as a create request. Pure. */
export function pipelineOf(dag: DagRow, tasks: readonly TaskRow[], settings: MappingSettings): CreatePipeline {
  const labels = taskLabels(tasks.map((task) => task.task_id));
  const description = filled(dag.description) ?? filled(dag.doc_md);
  const start = filled(dag.start_date) ?? earliest(tasks.map((task) => task.start_date));
  const schedule = scheduleOf(dag);
  return {
    name: encodeName(dag.dag_id),
    service: settings.serviceName,
    ...optional("displayName", other(dag.dag_display_name, dag.dag_id)),
    ...optional("description", description),
    sourceUrl: settings.links.dag(dag.dag_id),
    ...optional("concurrency", dag.max_active_runs ?? undefined),
    ...optional("pipelineLocation", filled(dag.fileloc)),
    ...optional("startDate", start),
    ...optional("scheduleInterval", schedule),
    ...(typeof dag.is_paused === "boolean" ? { state: dag.is_paused ? "Inactive" : "Active" } : {}),
    ...optional("owners", ownersOf(byShare(ownerNames(dag.owners ?? []), tasks), settings)),
    ...(settings.includeTags ? optional("tags", labelsOf(dag)) : {}),
    tasks: tasks.map((task) => taskOf(dag.dag_id, task, labels.get(task.task_id), settings)),
  };
}

function taskOf(dagId: string, row: TaskRow, label: string | undefined, settings: MappingSettings): Task {
  return {
    name: encodeName(row.task_id),
    ...optional("displayName", other(row.task_display_name, row.task_id) ?? label),
    ...optional("description", filled(row.doc_md)),
    sourceUrl: settings.links.task(dagId, row.task_id),
    downstreamTasks: (row.downstream_task_ids ?? []).map(encodeName),
    ...optional("taskType", filled(row.class_ref?.class_name) ?? filled(row.operator_name)),
    ...optional("startDate", filled(row.start_date)),
    ...optional("endDate", filled(row.end_date)),
    ...optional(
      "owners",
      ownersOf(ownerNames(row.owner === null || row.owner === undefined ? [] : [row.owner]), settings),
    ),
  };
}

/** Names in an owner field: `alice,bob` holds two. */
export function ownerNames(fields: readonly string[]): string[] {
  const names = fields.flatMap((field) => field.split(",")).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}

/** Who owns most tasks first; Airflow lists a DAG's owners in no fixed order. */
function byShare(names: readonly string[], tasks: readonly TaskRow[]): string[] {
  const shares = new Map<string, number>();
  for (const task of tasks)
    for (const name of ownerNames(task.owner === null || task.owner === undefined ? [] : [task.owner]))
      shares.set(name, (shares.get(name) ?? 0) + 1);
  const share = (name: string): number => shares.get(name) ?? 0;
  return names.toSorted((one, two) => share(two) - share(one) || (one < two ? -1 : 1));
}

/** Users, or else the first team: OpenMetadata takes neither several teams nor both kinds together. */
function ownersOf(names: readonly string[], settings: MappingSettings): EntityReference[] | undefined {
  const { owners } = settings;
  if (owners === undefined) return undefined;
  const found = new Map<string, EntityReference>();
  for (const name of names) {
    const owner = owners(name);
    if (owner !== undefined) found.set(owner.id, owner);
  }
  const users = [...found.values()].filter((owner) => owner.type === "user");
  const chosen = users.length > 0 ? users : [...found.values()].slice(0, 1);
  return chosen.length === 0 ? undefined : chosen;
}

function tagNames(dag: DagRow): string[] {
  return [...new Set((dag.tags ?? []).filter((tag) => tag !== ""))].sort();
}

function labelsOf(dag: DagRow): TagLabel[] | undefined {
  const labels = tagNames(dag).map((tag): TagLabel => ({
    tagFQN: fqnOf(tagClassification.name, encodeName(tag)),
    labelType: "Automated",
    state: "Suggested",
    source: "Classification",
  }));
  return labels.length === 0 ? undefined : labels;
}

/** The tags of one DAG as records of their own. */
export function tagRecordsOf(dag: DagRow): TagRecord[] {
  return tagNames(dag).map((tag) => ({
    kind: "tag",
    classification: tagClassification,
    tag: { name: encodeName(tag), description: `DAGs tagged ${tag} in Airflow.` },
  }));
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function filled(value: string | null | undefined): string | undefined {
  return value === null || value === undefined || value.trim() === "" ? undefined : value;
}

function other(value: string | null | undefined, than: string): string | undefined {
  return value === than ? undefined : filled(value);
}

/** A DAG's start date is the earliest of its tasks; neither API lists it with the DAG. */
function earliest(dates: readonly (string | null | undefined)[]): string | undefined {
  const known = dates.filter((date) => typeof date === "string");
  return known.toSorted((one, two) => Date.parse(one) - Date.parse(two))[0];
}
