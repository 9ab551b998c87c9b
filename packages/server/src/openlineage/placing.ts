import { createHash } from "node:crypto";
import { encodeName } from "@omd/schema";
import { z } from "zod";
import type { Facets, OpenLineageEvent } from "./event.ts";

/** Where a job goes in the catalog. */
export interface Placing {
  /** The job that is the pipeline: the parent, or the job itself. */
  readonly namespace: string;
  readonly name: string;
  /** The name of the job's task in that pipeline; undefined when the job is the pipeline. */
  readonly task: string | undefined;
  /** The run of the pipeline. */
  readonly runId: string | undefined;
  readonly service: string;
  readonly serviceType: string;
}

const parentFacet = z.looseObject({
  run: z.looseObject({ runId: z.string().min(1) }),
  job: z.looseObject({ namespace: z.string().min(1), name: z.string().min(1) }),
});
const jobTypeFacet = z.looseObject({ integration: z.string().nullish(), jobType: z.string().nullish() });
const engineFacet = z.looseObject({ name: z.string() });

/** Job types that are a whole of their own, also when something else has started them. */
const wholeJobs: ReadonlySet<string> = new Set(["DAG", "APPLICATION", "JOB"]);

/** OpenMetadata's pipeline service types; all else is `OpenLineage`. */
const serviceTypes: Readonly<Record<string, string>> = {
  airflow: "Airflow",
  dagster: "Dagster",
  dbt: "DBTCloud",
  flink: "Flink",
  spark: "Spark",
};
const longestName = 256;

/** Undefined for dataset events. */
export function placeJob({ job, run, producer }: OpenLineageEvent): Placing | undefined {
  if (!job) return undefined;
  const jobType = facet(jobTypeFacet, job.facets, "jobType");
  const parent = run && facet(parentFacet, run.facets, "parent");
  const integration = integrationOf(jobType?.integration, producer, run?.facets ?? {});
  const service = {
    service: integration === undefined ? "openlineage" : `${integration}_openlineage`,
    serviceType: serviceTypes[integration ?? ""] ?? "OpenLineage",
  };
  if (!parent || wholeJobs.has(jobType?.jobType?.toUpperCase() ?? "") || isSame(parent.job, job))
    return { namespace: job.namespace, name: job.name, task: undefined, runId: run?.runId, ...service };
  const { namespace, name } = parent.job;
  return { namespace, name, task: taskName(job.name, name), runId: parent.run.runId, ...service };
}

/** One text for a pipeline, the same for all of its jobs. */
export function makerKey({ namespace, name }: { namespace: string; name: string }): string {
  return JSON.stringify([namespace, name]);
}

/** A name that an entity may have. One that is too long is cut, and told apart by a hash. */
export function fittingName(name: string): string {
  const encoded = encodeName(name).replaceAll("\0", "\uFFFD").toWellFormed();
  if (encoded.length <= longestName) return encoded;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 12);
  // The cut may go through a surrogate pair.
  return `${encoded.slice(0, longestName - hash.length - 1).toWellFormed()}_${hash}`;
}

/** A facet that has the shape we read, else undefined. */
export function facet<T>(schema: z.ZodType<T>, facets: Facets, name: string): T | undefined {
  return schema.safeParse(facets[name]).data;
}

/** Airflow and Spark put the parent's name before the task's. */
function taskName(job: string, parent: string): string {
  const short = job.startsWith(`${parent}.`) ? job.slice(parent.length + 1) : job;
  return fittingName(short === "" ? job : short);
}

function isSame(a: { namespace: string; name: string }, b: { namespace: string; name: string }): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

function integrationOf(told: string | null | undefined, producer: string, runFacets: Facets): string | undefined {
  const known =
    told ??
    /\/integration\/([\w-]+)/.exec(producer)?.[1] ??
    /\/(\w+)\/plugin\//.exec(producer)?.[1] ??
    (/\/apache\/airflow\b/.test(producer) ? "airflow" : undefined) ??
    facet(engineFacet, runFacets, "processing_engine")?.name;
  const name = known
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(0, 64);
  return name === "" ? undefined : name;
}
