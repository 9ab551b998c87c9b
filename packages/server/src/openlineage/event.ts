import { createHash } from "node:crypto";
import { deepestJson, isTooDeep, type LineageEventKind } from "@omd/catalog";
import { z } from "zod";

const facets = z.record(z.string(), z.unknown()).nullish();
const namespace = z.string().min(1).max(2048);
const name = z.string().min(1).max(4096);
const dataset = z.looseObject({ namespace, name, facets });
const job = z.looseObject({ namespace, name, facets });
// Of any version: the schema asks for the form, and producers make them in many ways.
const run = z.looseObject({ runId: z.guid("must be a UUID"), facets });
const datasets = z.array(dataset).max(10_000).nullish();

const common = {
  eventTime: z.string().refine((text) => !Number.isNaN(timeOf(text)), "is no ISO 8601 time"),
  producer: z.string().min(1).max(2048),
  schemaURL: z.string().nullish(),
};
const runEvent = z.looseObject({
  ...common,
  eventType: z.enum(["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]).nullish(),
  run,
  job,
  inputs: datasets,
  outputs: datasets,
});
/** Source: OpenLineage.json 2-0-2, what tells static events from those of runs. */
const jobEvent = z.looseObject({
  ...common,
  job,
  inputs: datasets,
  outputs: datasets,
  run: z.never("a job event has no run").nullish(),
});
const datasetEvent = z
  .looseObject({ ...common, dataset })
  .refine((event) => present(event["job"]) + present(event["run"]) < 2, "a dataset event has no job and run");

export type Facets = Readonly<Record<string, unknown>>;

export interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
}

interface Job {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
}

/** An OpenLineage event as far as we read it. A dataset event has neither job nor run, a job event no run. */
export interface OpenLineageEvent {
  /** Of what it tells: `job` and `dataset` are static, they are not of a moment in a run. */
  readonly kind: LineageEventKind;
  readonly eventTime: string;
  /** Epoch ms. */
  readonly eventMs: number;
  readonly producer: string;
  /** Of run events only; OTHER when the event does not say. */
  readonly eventType?: string | undefined;
  readonly run?: { readonly runId: string; readonly facets: Facets } | undefined;
  readonly job?: Job | undefined;
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

/** Why a body is no event, for people. */
export class MalformedEvent extends Error {
  override name = "MalformedEvent";
}

/**
 * Reads a run, job or dataset event (OpenLineage 1.x and 2-0-2). `schemaURL` decides which it is, its shape where that is missing.
 * Facets are taken as they are. Throws {@link MalformedEvent}.
 */
export function parseEvent(body: unknown): OpenLineageEvent {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new MalformedEvent("an event must be a JSON object");
  if (isTooDeep(body)) throw new MalformedEvent(`the event is nested more than ${deepestJson} levels deep`);
  const kind = kindOf(body as Record<string, unknown>);
  if (kind === "DatasetEvent") {
    const { dataset: only, ...event } = checked(datasetEvent, body);
    return { kind: "dataset", ...base(event), inputs: [], outputs: [plain(only)] };
  }
  if (kind === "JobEvent") {
    const event = checked(jobEvent, body);
    return { kind: "job", ...base(event), job: plain(event.job), ...sides(event) };
  }
  const event = checked(runEvent, body);
  return {
    kind: "run",
    ...base(event),
    eventType: event.eventType ?? "OTHER",
    run: { runId: event.run.runId, facets: event.run.facets ?? {} },
    job: plain(event.job),
    ...sides(event),
  };
}

/** The same for an event that is sent twice, whatever its white space. */
export function eventHash(body: unknown): string {
  return createHash("sha256").update(JSON.stringify(body)).digest("base64url");
}

function kindOf(body: Record<string, unknown>): "RunEvent" | "JobEvent" | "DatasetEvent" {
  const told = /#\/(?:\$defs|definitions)\/(RunEvent|JobEvent|DatasetEvent)$/.exec(String(body["schemaURL"]))?.[1];
  if (told === "JobEvent" || told === "DatasetEvent" || told === "RunEvent") return told;
  const has = (key: string): boolean => present(body[key]) > 0;
  if (has("run") && has("job")) return "RunEvent";
  if (has("dataset") && has("job"))
    throw new MalformedEvent("the event has a job and a dataset: schemaURL must say of which of them it tells");
  if (has("dataset")) return "DatasetEvent";
  // The published schema would take it for a job event, but who tells what state a run is in has forgotten the run.
  return has("job") && !has("eventType") ? "JobEvent" : "RunEvent";
}

function present(value: unknown): number {
  return value === undefined || value === null ? 0 : 1;
}

function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join(".") || "event"}: ${issue.message}`);
  throw new MalformedEvent(issues.slice(0, 10).join("; "));
}

function base(event: { eventTime: string; producer: string }): {
  eventTime: string;
  eventMs: number;
  producer: string;
} {
  return { eventTime: event.eventTime, eventMs: timeOf(event.eventTime), producer: event.producer };
}

function plain(named: z.infer<typeof job>): Job {
  return { namespace: named.namespace, name: named.name, facets: named.facets ?? {} };
}

function sides(event: { inputs?: z.infer<typeof datasets>; outputs?: z.infer<typeof datasets> }): {
  inputs: Dataset[];
  outputs: Dataset[];
} {
  return { inputs: (event.inputs ?? []).map(plain), outputs: (event.outputs ?? []).map(plain) };
}

/** Epoch ms; a time without an offset is UTC. NaN when it is none. */
function timeOf(text: string): number {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?([Zz]|[+-]\d\d:?\d\d)?$/.exec(text.trim());
  if (!parts) return NaN;
  const [, day = "", time = "", offset = "Z"] = parts;
  // The 30th of February would be taken for the 2nd of March.
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return NaN;
  return Math.floor(Date.parse(`${day}T${time}${offset.toUpperCase()}`));
}
