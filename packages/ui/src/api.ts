import type {
  Changes,
  Comparison,
  DeadLetter,
  EventsAnswer,
  FacetName,
  Home,
  Impact,
  LineageAnswer,
  PathAnswer,
  PipelineRun,
  RunSummary,
  SearchAnswer,
} from "./api-types.ts";
import type { ClientReport, RunReport } from "./report-type.ts";
import { token } from "./token.ts";

/** The server said no, or could not be reached (`status` 0). The message is the server's and is meant for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** An entity as OpenMetadata's REST answers it; its fields differ by type and are read with care where they are shown. */
export type Entity = Readonly<Record<string, unknown>>;

/** Which end of the lineage is asked for. */
export type Direction = "upstream" | "downstream";

type QueryValue = string | number | readonly string[] | undefined;

/** Values that are undefined or empty are left out; lists are repeated. */
export function queryString(values: Readonly<Record<string, QueryValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value as string | number | undefined]) {
      if (one !== undefined && one !== "") query.append(name, String(one));
    }
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Throws ApiError when nothing answers; an abort is thrown as it is. */
async function get(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
  const key = token();
  const headers = { accept, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  try {
    return await fetch(path, { headers, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "The server cannot be reached. Is “omd serve” still running?");
  }
}

/** Asks for JSON. Throws ApiError; an abort is thrown as it is. */
async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await get(path, "application/json", signal);
  const text = await response.text();
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    throw new ApiError(response.status, `The server's answer to ${path} is not JSON.`);
  }
  if (!response.ok) throw new ApiError(response.status, errorMessage(body, response.status));
  return body as T;
}

function errorMessage(body: unknown, status: number): string {
  const message = typeof body === "object" && body !== null ? (body as Record<string, unknown>)["message"] : undefined;
  return typeof message === "string" ? message : `The server answered ${status}.`;
}

let collections: Promise<Readonly<Record<string, string>>> | undefined;

/** Path of a type's collection below /api/v1; asked for once. Throws ApiError 404 for a type that the server does not know. */
async function collectionOf(type: string): Promise<string> {
  collections ??= ask<Readonly<Record<string, string>>>("/api/omd/types").catch((error: unknown) => {
    collections = undefined;
    throw error;
  });
  const path = (await collections)[type];
  if (path === undefined) throw new ApiError(404, `The catalog has no kind of entity called “${type}”.`);
  return path;
}

const part = encodeURIComponent;

/** Filters and page of a search. */
export interface SearchQuery extends Partial<Record<FacetName, readonly string[]>> {
  readonly q: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** What the lineage is asked for: an entity by type and FQN, or by id. */
export type LineageStart = { readonly type: string; readonly fqn: string } | { readonly id: string };

/** Everything the page asks of the server. All throw ApiError. */
export const api = {
  home: (signal?: AbortSignal) => ask<Home>("/api/omd/home", signal),

  search: ({ q, limit, offset, ...facets }: SearchQuery, signal?: AbortSignal) =>
    ask<SearchAnswer>(`/api/omd/search${queryString({ q, ...facets, limit, offset })}`, signal),

  /** Deleted entities are answered, too. */
  entity: async (type: string, fqn: string, signal?: AbortSignal) =>
    ask<Entity>(`/api/v1/${await collectionOf(type)}/name/${part(fqn)}?fields=*&include=all`, signal),

  /** All states, newest first. */
  versions: async (type: string, id: string, signal?: AbortSignal): Promise<readonly Entity[]> => {
    const answer = await ask<{ versions?: readonly unknown[] }>(
      `/api/v1/${await collectionOf(type)}/${part(id)}/versions`,
      signal,
    );
    // OpenMetadata answers each version as a text of JSON.
    return (answer.versions ?? []).map((version) =>
      typeof version === "string" ? (JSON.parse(version) as Entity) : (version as Entity),
    );
  },

  /** The table with its latest profile, and those of its columns. */
  profiled: (fqn: string, signal?: AbortSignal) =>
    ask<Entity>(`/api/v1/tables/${part(fqn)}/tableProfile/latest`, signal),

  /** Tests of a table and of its columns, with their latest results. */
  tests: async (fqn: string, signal?: AbortSignal): Promise<readonly Entity[]> => {
    const entityLink = `<#E::table::${fqn}>`;
    const query = queryString({ entityLink, includeAllTests: "true", fields: "testCaseResult", limit: 200 });
    return (await ask<{ data: readonly Entity[] }>(`/api/v1/dataQuality/testCases${query}`, signal)).data;
  },

  pipelineRuns: async (
    type: string,
    fqn: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly PipelineRun[]> => {
    const answer = await ask<{ runs: readonly PipelineRun[] } | readonly PipelineRun[]>(
      `/api/omd/entity/${part(type)}/${part(fqn)}/runs${queryString({ limit })}`,
      signal,
    );
    return "runs" in answer ? answer.runs : answer;
  },

  lineage: (
    start: LineageStart,
    depth: { readonly upstream: number; readonly downstream: number; readonly limit: number },
    signal?: AbortSignal,
  ) => ask<LineageAnswer>(`/api/omd/lineage${queryString({ ...start, ...depth })}`, signal),

  path: (from: string, to: string, signal?: AbortSignal) =>
    ask<PathAnswer>(`/api/omd/path${queryString({ from, to })}`, signal),

  impact: (type: string, fqn: string, direction: Direction, signal?: AbortSignal) =>
    ask<Impact>(`/api/omd/impact${queryString({ type, fqn, direction })}`, signal),

  impactCsv: async (type: string, fqn: string, direction: Direction): Promise<Blob> => {
    const response = await get(`/api/omd/impact.csv${queryString({ type, fqn, direction })}`, "text/csv");
    if (!response.ok) throw new ApiError(response.status, `The server answered ${response.status}.`);
    return response.blob();
  },

  runs: async (query: { limit: number; service?: string | undefined }, signal?: AbortSignal) =>
    (await ask<{ runs: readonly RunSummary[] }>(`/api/omd/runs${queryString(query)}`, signal)).runs,

  run: (runId: string, signal?: AbortSignal) => ask<RunReport | ClientReport>(`/api/omd/runs/${part(runId)}`, signal),

  runChanges: (runId: string, signal?: AbortSignal) => ask<Changes>(`/api/omd/runs/${part(runId)}/changes`, signal),

  compare: (a: string, b: string, signal?: AbortSignal) =>
    ask<Comparison>(`/api/omd/compare${queryString({ a, b })}`, signal),

  events: (query: { limit: number; before?: string | undefined }, signal?: AbortSignal) =>
    ask<EventsAnswer>(`/api/omd/events${queryString(query)}`, signal),

  event: (id: string, signal?: AbortSignal) => ask<unknown>(`/api/omd/events/${part(id)}`, signal),

  deadLetters: async (limit: number, signal?: AbortSignal) =>
    (await ask<{ letters: readonly DeadLetter[] }>(`/api/omd/dead-letters${queryString({ limit })}`, signal)).letters,
};
