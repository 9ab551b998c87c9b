import { CatalogError } from "@omd/core";
import type { HttpClient, HttpRequest, HttpResponse, HttpRuntime } from "@omd/http";
import type { z } from "zod";
import { versionAnswer, withoutNulls } from "./answers.ts";
import { restAuth, tlsOptions, type SecretText, type TlsConfig } from "./credentials.ts";
import { catalogFailure, unexpectedAnswer } from "./failure.ts";

/** What the connection to the server needs of `openMetadataServerConfig`. */
export interface ServerAddress extends TlsConfig {
  readonly hostPort: string;
  readonly apiVersion?: string | undefined;
  readonly securityConfig?: { readonly jwtToken?: SecretText | undefined } | undefined;
  readonly extraHeaders?: Readonly<Record<string, SecretText>> | undefined;
  /** Whether a server that is neither 1.x nor 2.x is refused. Default true. */
  readonly enableVersionValidation?: boolean | undefined;
}

/** An answer whose body, where one was asked for, has the asked shape. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: T;
}

/** Says to an omd which run a write belongs to; other servers pass over it. */
export const runHeader = "x-omd-run";
/** With it an omd says which catalog it serves. */
export const catalogHeader = "x-omd-catalog";

/** Calls below `{hostPort}/v1`. Every failure is a CatalogError that begins with `Could not {what}`. */
export interface Transport {
  /** Probes the server once; later calls give the same answer. */
  version(): Promise<string>;
  /** The answer as it came; throws unless 2xx or accepted. */
  raw(what: string, request: HttpRequest): Promise<HttpResponse>;
  /** The same, the errors left as the HTTP client threw them. */
  attempt(request: HttpRequest): Promise<HttpResponse>;
  /** The answer as JSON of the given shape. */
  json<S extends z.ZodType>(what: string, request: HttpRequest, schema: S): Promise<Answer<z.output<S>>>;
  /** The same, and undefined for 404 and for an answer without a body. */
  find<S extends z.ZodType>(what: string, request: HttpRequest, schema: S): Promise<z.output<S> | undefined>;
  /** What is written from now on belongs to this run, or to none. */
  beginRun(runId: string | undefined): void;
  /** Identity of the catalog that an omd serves; undefined of other servers, and before the probe. */
  served(): string | undefined;
  /** A call below `/api/omd`, which only an omd answers. */
  own(what: string, request: HttpRequest): Promise<HttpResponse>;
}

interface Probed {
  readonly prefix: string;
  readonly version: string;
  readonly catalog: string | undefined;
}

const longestAttemptMs = 300_000;
const longestCallMs = 900_000;
const jsonPatch = "application/json-patch+json";

/** Splits `hostPort` into the base URL and the paths at which the API may be. Throws CatalogError for what is no http(s) URL. */
export function apiAddress(hostPort: string, apiVersion = "v1"): { baseUrl: string; prefixes: readonly string[] } {
  const hint = "It looks like http://localhost:8585/api.";
  const url = URL.parse(hostPort.trim());
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CatalogError(`hostPort ${JSON.stringify(hostPort)} is not an http or https URL`, { hint });
  const path = url.pathname.replace(/\/+$/, "");
  const withoutVersion = path.endsWith(`/api/${apiVersion}`) ? path.slice(0, -apiVersion.length - 1) : path;
  const baseUrl = `${url.origin}${withoutVersion}`;
  const documented = `/${apiVersion}`;
  return { baseUrl, prefixes: withoutVersion.endsWith("/api") ? [documented] : [documented, `/api/${apiVersion}`] };
}

/** Makes the transport; nothing is sent before the first call. Throws CatalogError for a wrong address, token file or certificate path. */
export function createTransport(config: ServerAddress, http: HttpRuntime): Transport {
  const { baseUrl, prefixes } = apiAddress(config.hostPort, config.apiVersion);
  const client = http.client({
    name: "openmetadata",
    baseUrl,
    auth: restAuth(config.securityConfig?.jwtToken, config.extraHeaders ?? {}),
    tls: tlsOptions(config),
    budget: { maxConcurrency: 16 },
    timeoutMs: longestAttemptMs,
    deadlineMs: longestCallMs,
  });
  let probe: Promise<Probed> | undefined;
  let served: string | undefined;
  let runId: string | undefined;
  const probed = (): Promise<Probed> => {
    probe ??= probeServer(client, prefixes, config.enableVersionValidation ?? true).then(
      (found) => {
        served = found.catalog;
        return found;
      },
      (error: unknown) => {
        probe = undefined;
        throw error;
      },
    );
    return probe;
  };
  const attempt = async (request: HttpRequest): Promise<HttpResponse> => {
    const { prefix } = await probed();
    return client.request(prepared(stamped(request, runId), prefix));
  };
  const told = async (what: string, call: () => Promise<HttpResponse>): Promise<HttpResponse> => {
    try {
      return await call();
    } catch (error) {
      throw catalogFailure(what, error);
    }
  };
  const raw = (what: string, request: HttpRequest): Promise<HttpResponse> => told(what, () => attempt(request));
  return {
    version: async () => (await probed()).version,
    attempt,
    raw,
    json: async (what, request, schema) => {
      const answer = await raw(what, request);
      return { status: answer.status, headers: answer.headers, value: read(what, answer, schema) };
    },
    find: async (what, request, schema) => {
      const answer = await raw(what, { ...request, accept: [...(request.accept ?? []), 404] });
      if (answer.status === 204 || (answer.status === 200 && answer.body.length === 0)) return undefined;
      if (answer.status === 404) return missing(what, answer);
      return read(what, answer, schema);
    },
    beginRun: (id) => {
      runId = id;
    },
    served: () => served,
    own: (what, request) =>
      told(what, async () => {
        const { prefix } = await probed();
        return client.request(prepared(request, prefix.replace(/[^/]+$/, "omd")));
      }),
  };
}

function stamped(request: HttpRequest, runId: string | undefined): HttpRequest {
  if (runId === undefined || (request.method ?? "GET") === "GET") return request;
  return { ...request, headers: { ...request.headers, [runHeader]: runId } };
}

/** Bodies without null; a JSON Patch keeps them, as null may be the value of a test, and goes under its own content type. */
function prepared(request: HttpRequest, prefix: string): HttpRequest {
  const path = `${prefix}${request.path}`;
  if (request.method === "PATCH")
    return { ...request, path, headers: { ...request.headers, "content-type": jsonPatch } };
  return request.json === undefined ? { ...request, path } : { ...request, path, json: withoutNulls(request.json) };
}

/** A 404 counts as "no such entity" only when it is JSON: a proxy's or web server's page says nothing about the catalog. */
function missing(what: string, answer: HttpResponse): undefined {
  const body = answer.body.toString("utf8").trim();
  if (body === "" || body.startsWith("{")) return undefined;
  throw unexpectedAnswer(what, answer.status, body);
}

function read<S extends z.ZodType>(what: string, answer: HttpResponse, schema: S): z.output<S> {
  const text = answer.body.toString("utf8");
  if (answer.status >= 300) throw unexpectedAnswer(what, answer.status, text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const got = text.trim() === "" ? "the answer is empty" : "the answer is not JSON";
    throw new CatalogError(`Could not ${what}: ${got}`, {
      status: answer.status,
      cause,
      hint: "Something that is not OpenMetadata's API answered: check that hostPort ends in /api.",
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CatalogError(
    `Could not ${what}: the answer lacks what is needed (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""})`,
    { status: answer.status, hint: "Check hostPort and the server's version." },
  );
}

async function probeServer(client: HttpClient, prefixes: readonly string[], validate: boolean): Promise<Probed> {
  const what = `reach OpenMetadata at ${client.baseUrl}`;
  const seen: string[] = [];
  for (const prefix of prefixes) {
    const path = `${prefix}/system/version`;
    let answer: HttpResponse;
    try {
      answer = await client.request({ path, accept: [404, 405], timeoutMs: 30_000 });
    } catch (error) {
      throw catalogFailure(what, error);
    }
    const version = answer.status < 300 ? versionOf(answer.body.toString("utf8")) : undefined;
    if (version !== undefined)
      return { prefix, version: validate ? supported(version) : version, catalog: answer.headers[catalogHeader] };
    seen.push(`${path} answered ${String(answer.status)}`);
  }
  throw new CatalogError(`Could not ${what}: no OpenMetadata API there (${seen.join(", ")})`, {
    hint: "hostPort is the address of the API, for instance http://localhost:8585/api.",
  });
}

function versionOf(text: string): string | undefined {
  try {
    return versionAnswer.parse(JSON.parse(text)).version;
  } catch {
    return undefined;
  }
}

function supported(version: string): string {
  const major = /^v?(\d+)(?:\.|$|-)/.exec(version.trim())?.[1];
  if (major === "1" || major === "2") return version.trim();
  throw new CatalogError(`The server says that it is OpenMetadata ${version}; 1.x and 2.x are supported`, {
    hint: "Check hostPort, upgrade the server, or set enableVersionValidation to false.",
  });
}
