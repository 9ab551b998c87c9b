import { CatalogError } from "../errors.ts";
import type { Catalog } from "../contracts/index.ts";

/** A catalog with nothing in it, for sinks that need none: a file can be written without any server. */
export function emptyCatalog(): Catalog {
  const refuse = (): Promise<never> => Promise.reject(new CatalogError("This run has no catalog to write to"));
  return {
    identity: "none",
    kind: "embedded",
    connect: () => Promise.resolve({ version: "none" }),
    get: () => Promise.resolve(undefined),
    // eslint-disable-next-line require-yield, no-empty-function
    async *list() {},
    search: () => Promise.resolve([]),
    pipelineStatuses: () => Promise.resolve([]),
    testResults: () => Promise.resolve([]),
    neighbourhood: () => Promise.resolve(undefined),
    findOwner: () => Promise.resolve(undefined),
    put: refuse,
    putMany: refuse,
    patch: refuse,
    delete: refuse,
    restore: refuse,
    putPipelineStatuses: refuse,
    putDataModel: refuse,
    putTestResults: refuse,
    putInspectionQuery: refuse,
    putLineage: refuse,
    deleteLineage: refuse,
    deleteLineageBySource: refuse,
    putIngestionRun: refuse,
    close: () => Promise.resolve(),
  };
}
