import type { Catalog } from "@omd/core";
import type { HttpRuntime } from "@omd/http";
import { fqnOf, parseFqn, type CreateRequest, type EntityType, type ServiceType } from "@omd/schema";
import { serviceAnswer } from "./answers.ts";
import { putManyEntities, type BulkSupport } from "./bulk.ts";
import { readProperties } from "./custom-properties.ts";
import { deleteEntity, getEntity, listEntities, patchEntity, paths, putEntity, restoreEntity } from "./entities.ts";
import { deleteEdge, deleteEdgesBySource, putEdge, readNeighbourhood } from "./lineage.ts";
import { createOwnerFinder } from "./owners.ts";
import { putIngestionRunStatus, putRuns, readRuns, type StatusSupport } from "./runs.ts";
import { searchEntities } from "./search.ts";
import { putQuery, putResults, readResults } from "./test-results.ts";
import { connectionConfig } from "./service-connection.ts";
import { apiAddress, createTransport, type ServerAddress } from "./transport.ts";

/** What of `openMetadataServerConfig` the REST side reads. */
export interface RestCatalogConfig extends ServerAddress {
  /** Rows per page of a listing; 1000 at most and by default. */
  readonly limitRecords?: number | undefined;
  /** Whether a written service carries its `connection`. Default true. */
  readonly storeServiceConnection?: boolean | undefined;
}

/** What only the REST side has. */
export interface RestExtras {
  /**
   * The `connection.config` that the server keeps for a service; undefined when there is none.
   * Throws CatalogError when the server masks its secrets, as it does for users that are no bots.
   */
  serviceConnection(type: ServiceType, name: string): Promise<Record<string, unknown> | undefined>;
}

const mostRows = 1000;

/**
 * The catalog of an OpenMetadata server, 1.x or 2.x, over REST. Nothing is sent before the first call.
 * Throws CatalogError for a wrong address, token file or certificate path; so does every method, with status and hint.
 */
export function createRestCatalog(config: RestCatalogConfig, deps: { http: HttpRuntime }): Catalog & RestExtras {
  const transport = createTransport(config, deps.http);
  const owners = createOwnerFinder(transport);
  const withoutBulk: BulkSupport = new Set();
  const statusSupport: StatusSupport = { withoutBulk: false };
  const pageSize = Math.max(1, Math.min(config.limitRecords ?? mostRows, mostRows));
  const forgetOwners = (type: string): void => {
    if (type === "user" || type === "team") owners.forget();
  };
  const sent = <T extends EntityType>(request: CreateRequest<T>): CreateRequest<T> =>
    config.storeServiceConnection === false && "connection" in request
      ? { ...request, connection: undefined }
      : request;
  const address = `rest:${apiAddress(config.hostPort, config.apiVersion).baseUrl}`;
  return {
    /** Behind an omd also which catalog it serves: one that was rolled back or reset is another. */
    get identity() {
      const served = transport.served();
      return served === undefined ? address : `${address} ${served}`;
    },
    kind: "rest",
    connect: async () => ({ version: await transport.version() }),

    get: (type, fqn, options) => getEntity(transport, type, fqn, options),
    list: (type, options) => listEntities(transport, type, options, pageSize),
    search: (type, options) => searchEntities(transport, type, options),

    put: async (type, request) => {
      const result = await putEntity(transport, type, sent(request));
      forgetOwners(type);
      return result;
    },
    putMany: async (type, requests) => {
      const results = await putManyEntities(transport, type, requests.map(sent), withoutBulk);
      forgetOwners(type);
      return results;
    },
    patch: (type, id, operations) => patchEntity(transport, type, id, operations),
    delete: (type, id, options) => deleteEntity(transport, type, id, options?.hard ?? false),
    restore: (type, id) => restoreEntity(transport, type, id),

    putPipelineStatuses: (pipeline, statuses) => putRuns(transport, pipeline, statuses, statusSupport),
    pipelineStatuses: (pipeline, range) => readRuns(transport, pipeline, range ?? {}),

    putDataModel: async (tableId, model) => {
      const path = `${paths.byId("table", tableId)}/dataModel`;
      await transport.raw(`write the data model of table ${tableId}`, { method: "PUT", path, json: model });
    },
    putTestResults: (testCase, results) => putResults(transport, testCase, results),
    putInspectionQuery: (testCaseId, sql) => putQuery(transport, testCaseId, sql),
    testResults: (testCase, range) => readResults(transport, testCase, range),

    putLineage: (edge, options) => putEdge(transport, edge, options),
    deleteLineage: (from, to, pipelineId, source) => deleteEdge(transport, from, to, pipelineId, source),
    deleteLineageBySource: (type, id, source) => deleteEdgesBySource(transport, type, id, source),
    neighbourhood: (key, depth) => readNeighbourhood(transport, key, depth),

    findOwner: (name, options) => owners.find(name, options?.fuzzy ?? false),
    customProperties: (type) => readProperties(transport, type),
    beginRun: (run) => transport.beginRun(run?.runId),
    keepReport: async (report) => {
      if (transport.served() === undefined) return;
      const path = `/runs/${encodeURIComponent(report.runId)}`;
      await transport.own("leave the report of the run there", { method: "PUT", path, json: report });
    },
    putIngestionRun: (pipeline, status) => putIngestionRunStatus(transport, pipeline, status),
    serviceConnection: async (type, name) => {
      const path = paths.byName(type, name.startsWith('"') ? parseFqn(name) : fqnOf(name));
      const found = await transport.find(`read the connection of ${type} ${name}`, { path }, serviceAnswer);
      return connectionConfig(found?.connection?.config, `${type} ${name}`);
    },

    /** The HTTP runtime belongs to the caller, who closes it. */
    close: () => Promise.resolve(),
  };
}
