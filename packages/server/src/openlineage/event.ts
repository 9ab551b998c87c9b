import { createHash } from "node:crypto";
import { z } from "zod";

const facets = z.record(z.string(), z.unknown()).nullish();
const namespace = z.string().min(1).max(2048);
const name = z.string().min(1).max(4096);
const dataset = z.looseObject({ namespace, name, facets });
const job = z.looseObject({ namespace, name, facets });
const run = z.looseObject({ runId: z.string().min(1).max(256), facets });
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
const jobEvent = z.looseObject({ ...common, job, inputs: datasets, outputs: datasets });
const datasetEvent = z.looseObject({ ...common, dataset });

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

const deepest = 200;

/**
 * Reads a run, job or dataset event (OpenLineage 1.x and 2-0-2). `schemaURL` decides which it is, its shape where that is missing.
 * Facets are taken as they are. Throws {@link MalformedEvent}.
 */
export function parseEvent(body: unknown): OpenLineageEvent {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new MalformedEvent("an event must be a JSON object");
  if (isTooDeep(body)) throw new MalformedEvent(`the event is nested more than ${deepest} levels deep`);
  const kind = kindOf(body as Record<string, unknown>);
  if (kind === "DatasetEvent") {
    const { dataset: only, ...event } = checked(datasetEvent, body);
    return { ...base(event), inputs: [], outputs: [plain(only)] };
  }
  if (kind === "JobEvent") {
    const event = checked(jobEvent, body);
    return { ...base(event), job: plain(event.job), ...sides(event) };
  }
  const event = checked(runEvent, body);
  return {
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
  if (body["run"] === undefined && body["dataset"] !== undefined) return "DatasetEvent";
  return body["run"] === undefined && body["eventType"] === undefined && body["job"] !== undefined
    ? "JobEvent"
    : "RunEvent";
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
  return Math.floor(Date.parse(`${day}T${time}${offset.toUpperCase()}`));
}

function isTooDeep(body: object): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return false;
}
