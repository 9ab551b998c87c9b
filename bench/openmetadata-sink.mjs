/**
 * An OpenMetadata that costs next to nothing: takes what a run writes, keeps names, ids and hashes, answers in OpenMetadata's shapes.
 * It checks nothing. node bench/openmetadata-sink.mjs --latency 0 --port 0
 */
import { numbers, serve } from "./local-http.mjs";

const options = numbers({ latency: 0, port: 0 });
const base = "/api/v1/";
/** collection → FQN → entity */
let kept = new Map();
let ids = new Map();
let next = 1;

const collections = {
  "services/pipelineServices": "pipelineService",
  "services/databaseServices": "databaseService",
  "services/storageServices": "storageService",
  "services/messagingServices": "messagingService",
  "services/ingestionPipelines": "ingestionPipeline",
  pipelines: "pipeline",
  tables: "table",
  databases: "database",
  databaseSchemas: "databaseSchema",
  containers: "container",
  topics: "topic",
  classifications: "classification",
  tags: "tag",
  users: "user",
  teams: "team",
};

const quoted = (name) => (name.includes(".") ? `"${name}"` : name);
const newId = () => `00000000-0000-4000-8000-${String(next++).padStart(12, "0")}`;

function fqnOf(request) {
  const given =
    request.parent ?? request.databaseSchema ?? request.database ?? request.service ?? request.classification;
  const parent = typeof given === "object" ? given.fullyQualifiedName : given;
  return parent === undefined ? quoted(request.name) : `${parent}.${quoted(request.name)}`;
}

function put(collection, request) {
  const fqn = fqnOf(request);
  const entities = kept.get(collection) ?? kept.set(collection, new Map()).get(collection);
  const known = entities.get(fqn);
  const entity = {
    id: known?.id ?? newId(),
    name: request.name,
    fullyQualifiedName: fqn,
    version: 0.1,
    deleted: false,
    sourceHash: request.sourceHash,
    service:
      typeof request.service === "string" ? { id: fqn, type: "pipelineService", name: request.service } : undefined,
  };
  entities.set(fqn, entity);
  ids.set(entity.id, entity);
  return { entity, created: known === undefined };
}

function list(collection, url) {
  const all = [...(kept.get(collection)?.values() ?? [])];
  const below = url.searchParams.get("service") ?? url.searchParams.get("parent") ?? undefined;
  const rows = below === undefined ? all : all.filter((one) => one.fullyQualifiedName.startsWith(`${below}.`));
  const from = Number(url.searchParams.get("after") ?? 0);
  const limit = Math.min(Number(url.searchParams.get("limit") ?? 10), 1000);
  const after = from + limit < rows.length ? { after: String(from + limit) } : {};
  return [200, JSON.stringify({ data: rows.slice(from, from + limit), paging: { total: rows.length, ...after } })];
}

function writeBulk(collection, body) {
  const requests = JSON.parse(body);
  const successRequest = requests.map((request) => ({
    request: put(collection, request).entity.fullyQualifiedName,
    status: 200,
  }));
  const figures = {
    numberOfRowsProcessed: requests.length,
    numberOfRowsPassed: requests.length,
    numberOfRowsFailed: 0,
  };
  return [200, JSON.stringify({ dryRun: false, status: "success", ...figures, successRequest, failedRequest: [] })];
}

const missing = (what) => [404, JSON.stringify({ code: 404, message: `${what} not found` })];

function onCollection(collection, rest, method, url, body) {
  if (rest === "" && method === "PUT") {
    const { entity, created } = put(collection, JSON.parse(body));
    const headers = { "x-openmetadata-change": created ? "entityCreated" : "entityUpdated" };
    return [created ? 201 : 200, JSON.stringify(entity), headers];
  }
  if (rest === "") return list(collection, url);
  if (rest === "bulk") return writeBulk(collection, body);
  const [first, second] = rest.split("/");
  const name = decodeURIComponent(first === "name" ? second : first);
  const entity = kept.get(collection)?.get(name) ?? ids.get(name);
  // A run that has not begun yet has no state.
  if (rest.includes("/pipelineStatus")) return method === "GET" ? [204, ""] : [200, "{}"];
  if (entity === undefined) return missing(`${collections[collection]} instance for ${name}`);
  return [200, JSON.stringify(entity)];
}

function answer(method, url, body) {
  if (!url.pathname.startsWith(base)) return missing(url.pathname);
  const path = url.pathname.slice(base.length);
  if (path === "system/version") return [200, '{"version":"1.12.8","revision":"bench","timestamp":1767225600000}'];
  if (path.startsWith("search/")) return [200, '{"hits":{"total":{"value":0},"hits":[]}}'];
  if (path.startsWith("lineage")) return method === "GET" ? missing("lineage") : [200, ""];
  const collection = Object.keys(collections).find((name) => path === name || path.startsWith(`${name}/`));
  return collection === undefined
    ? missing(path)
    : onCollection(collection, path.slice(collection.length + 1), method, url, body);
}

serve({
  ...options,
  answer,
  reset: () => {
    kept = new Map();
    ids = new Map();
  },
  kindOf: (path) =>
    path
      .slice(base.length - 1)
      .replace(/\/name\/.*/u, "/name/{fqn}")
      .replace(/^\/(pipelines)\/[^/]+\/status/u, "/$1/{fqn}/status")
      .replace(/\/pipelineStatus.*/u, "/pipelineStatus")
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gu, "{id}"),
});
