import type { CatalogEntity } from "@omd/core";
import { fqnOf, type CreatePipeline, type EntityReference, type FQN, type Task } from "@omd/schema";
import { z } from "zod";
import type { ServerParts } from "../parts.ts";
import type { OpenLineageEvent } from "./event.ts";
import { facet, fittingName, type Placing } from "./placing.ts";

/** The pipeline that events belong to. */
export interface Maker {
  readonly fqn: FQN;
  readonly reference: EntityReference;
  /** Another source brings it: neither its tasks nor its runs are ours to write. */
  readonly foreign: boolean;
}

interface PlacedEvent {
  readonly event: OpenLineageEvent;
  readonly placing: Placing | undefined;
}

const sqlFacet = z.looseObject({ query: z.string() });
const documentationFacet = z.looseObject({ description: z.string().min(1) });
const sourceFacet = z.looseObject({ url: z.string().min(1) });
const jobTypeFacet = z.looseObject({ jobType: z.string().min(1) });
const longestSql = 100_000;

/**
 * Finds or writes the pipeline of events that share it, with the tasks that they tell of. A pipeline that an ingestion brought, of the
 * service that the job's namespace means or is named like, is taken as it is. Undefined without events.
 */
export async function putMaker(parts: ServerParts, events: readonly PlacedEvent[]): Promise<Maker | undefined> {
  const { catalog, writer } = parts;
  const placing = events[0]?.placing;
  if (!placing) return undefined;
  for (const service of [...(parts.namespaces?.of(placing.namespace) ?? []), placing.namespace]) {
    const native = await catalog.get("pipeline", fqnOf(fittingName(service), fittingName(placing.name)));
    if (native) return makerOf(native, true);
  }
  if (!(await catalog.get("pipelineService", fqnOf(placing.service))))
    await writer.put("pipelineService", { name: placing.service, serviceType: placing.serviceType });
  const name = fittingName(`${placing.namespace}-${placing.name}`);
  const before = await catalog.get("pipeline", fqnOf(placing.service, name), { fields: ["tasks"] });
  const tasks = unitedTasks(before, events);
  const request: CreatePipeline = {
    name,
    service: fqnOf(placing.service),
    displayName: placing.name,
    ...described(events),
    ...(tasks.length > 0 ? { tasks } : {}),
  };
  return makerOf((await writer.put("pipeline", request)).entity, false);
}

function makerOf(entity: CatalogEntity, foreign: boolean): Maker {
  return { fqn: entity.fullyQualifiedName, reference: { id: entity.id, type: "pipeline" }, foreign };
}

function described(events: readonly PlacedEvent[]): Pick<CreatePipeline, "description" | "sourceUrl"> {
  const own = events.findLast(({ placing }) => placing?.task === undefined)?.event.job;
  const description = own && facet(documentationFacet, own.facets, "documentation")?.description;
  const sourceUrl = own && facet(sourceFacet, own.facets, "sourceCodeLocation")?.url;
  return { ...(description ? { description } : {}), ...(sourceUrl ? { sourceUrl } : {}) };
}

/** Tasks are only ever added: an event tells of one, never that another is gone. */
function unitedTasks(before: CatalogEntity | undefined, events: readonly PlacedEvent[]): Task[] {
  const tasks = new Map<string, Task>();
  for (const { name, displayName, description, sourceUrl, downstreamTasks, taskType, taskSQL } of (before?.["tasks"] ??
    []) as Task[])
    tasks.set(name, defined({ name, displayName, description, sourceUrl, downstreamTasks, taskType, taskSQL }));
  for (const { event, placing } of events) {
    if (placing?.task === undefined || !event.job) continue;
    const { facets } = event.job;
    const sql = facet(sqlFacet, facets, "sql")?.query;
    const told = defined({
      name: placing.task,
      displayName: event.job.name,
      description: facet(documentationFacet, facets, "documentation")?.description,
      sourceUrl: facet(sourceFacet, facets, "sourceCodeLocation")?.url,
      taskType: facet(jobTypeFacet, facets, "jobType")?.jobType,
      taskSQL: sql !== undefined && sql.length <= longestSql ? sql : undefined,
    });
    tasks.set(placing.task, { ...tasks.get(placing.task), ...told });
  }
  return [...tasks.values()];
}

function defined(task: { [Field in keyof Task]: Task[Field] | undefined } & { name: string }): Task {
  return Object.fromEntries(Object.entries(task).filter(([, value]) => value !== undefined)) as Task;
}
