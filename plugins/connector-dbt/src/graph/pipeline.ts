import { right, type Either } from "@omd/core";
import { encodeName, fqnOf, type CreatePipeline, type EntityKey, type MetadataRecord, type Task } from "@omd/schema";
import type { ProjectView, Relation } from "../project/view.ts";
import type { Labels } from "../tables/labels.ts";
import type { Owners } from "../tables/owners.ts";
import { groupsOf } from "./groups.ts";
import type { MadeEntities } from "./made-entities.ts";
import { reach } from "./reach.ts";

export interface PipelineParts {
  readonly view: ProjectView;
  readonly labels: Labels;
  readonly owners: Owners;
  readonly made: MadeEntities;
  /** Of the tables. */
  readonly databaseService: string;
}

/** The pipeline that a project is: below a service that is called after that of the tables, `<service>_dbt`. */
export function projectPipeline(view: ProjectView, databaseService: string): EntityKey {
  return { entityType: "pipeline", fqn: fqnOf(serviceName(databaseService), encodeName(view.home)) };
}

const serviceName = (databaseService: string): string => encodeName(`${databaseService}_dbt`);

/** Name of a task: unique ids tell apart what packages and versions call alike. */
export function taskName(uniqueId: string): string {
  return encodeName(uniqueId);
}

/** Whether dbt runs it: ephemeral models and sources it does not, tests have results of their own. */
export function isTask(relation: Relation | undefined): boolean {
  return relation !== undefined && relation.resourceType !== "source" && !relation.isEphemeral;
}

/**
 * The project with its models, seeds and snapshots as tasks. The service is a `CustomPipeline`: `DBTCloud` would say that a connection to
 * dbt Cloud is behind it, and the artifacts may come from anywhere.
 */
export async function* pipelineRecords(parts: PipelineParts): AsyncGenerator<Either<MetadataRecord>> {
  const { view, made, databaseService } = parts;
  const description = `dbt projects whose tables are in ${databaseService}.`;
  const service = { name: serviceName(databaseService), serviceType: "CustomPipeline", description };
  yield right({ kind: "entity", entityType: "pipelineService", request: service });
  const tasks = await tasksOf(parts);
  for (const record of parts.labels.takeRecords()) yield right(record);
  const { fqn } = projectPipeline(view, databaseService);
  const request: CreatePipeline = {
    name: encodeName(view.home),
    service: service.name,
    description: `The dbt project ${view.home}: its models, seeds and snapshots.`,
    tasks,
  };
  yield right({ kind: "entity", entityType: "pipeline", request, marks: [made.mark("pipeline", fqn, view.home)] });
}

async function tasksOf({ view, labels, owners: allOwners }: PipelineParts): Promise<Task[]> {
  const downstream = downstreamOf(view);
  const groups = groupsOf(view);
  const tasks: Task[] = [];
  for (const relation of view.relations.values()) {
    if (!isTask(relation)) continue;
    const { uniqueId, name, version } = relation;
    const node = view.load("node", uniqueId);
    const { description = "", tags: given = [], meta = {} } = node ?? {};
    const tags = labels.of(given);
    const owners = await allOwners.of({ meta, group: groups.get(node?.group ?? ""), inDatabase: undefined });
    tasks.push({
      name: taskName(uniqueId),
      displayName: version === undefined ? name : `${name} v${version}`,
      ...(description.trim() !== "" && { description }),
      taskType: taskType(relation),
      downstreamTasks: (downstream.get(uniqueId) ?? []).toSorted().map(taskName),
      ...(tags.length > 0 && { tags }),
      ...(owners.length > 0 && { owners }),
    });
  }
  return tasks;
}

/** `view model`, `incremental model`, `seed`, `snapshot`. */
function taskType({ resourceType, materialized }: Relation): string {
  return resourceType === "model" && materialized !== undefined ? `${materialized} model` : resourceType;
}

/** By unique id: what runs next, ephemeral models passed through. */
function downstreamOf(view: ProjectView): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const relation of view.relations.values()) {
    if (!isTask(relation)) continue;
    for (const above of reach(view, relation.dependsOn)) {
      const known = found.get(above);
      if (known === undefined) found.set(above, [relation.uniqueId]);
      else known.push(relation.uniqueId);
    }
  }
  return found;
}
