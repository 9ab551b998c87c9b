import type { HttpRuntime } from "@omd/http";
import type { WorkflowConfig } from "../config/index.ts";
import type { Catalog, Logger } from "../contracts/index.ts";
import type { Registry, ResolvedSource } from "../registry/index.ts";
import type { SecretRegistry } from "../secrets/secret-registry.ts";
import type { WorkflowRuntime } from "./runtime.ts";

/** Everything a run needs, with the runtime's gaps filled. */
export interface WorkflowParts {
  readonly config: WorkflowConfig;
  readonly runtime: WorkflowRuntime;
  readonly omdHome: string;
  readonly http: HttpRuntime;
  readonly catalog: Catalog;
  readonly registry: Registry;
  readonly resolved: ResolvedSource;
  readonly secrets: SecretRegistry;
  readonly log: Logger;
  readonly abort: AbortController;
}
