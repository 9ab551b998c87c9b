import type { HttpRuntime } from "@omd/http";
import type { Catalog, Logger, Selection } from "../contracts/index.ts";
import type { CatalogOpener, CreateResolver, Registry } from "../registry/index.ts";
import type { SecretRegistry } from "../secrets/secret-registry.ts";

/** What the run tells while it goes on; the CLI draws it. */
export type ProgressEvent =
  | { readonly kind: "phase"; readonly phase: "connect" | "test" | "read" | "delete" | "finish" }
  | {
      readonly kind: "counts";
      readonly read: number;
      readonly written: number;
      readonly unchanged: number;
      readonly failed: number;
      readonly filtered: number;
    }
  | {
      readonly kind: "scope";
      readonly name: string;
      readonly received: number;
      readonly announced?: number | undefined;
    };

/** Everything a workflow takes from outside; each has a default. */
export interface WorkflowRuntime {
  /** Directory of catalog and state. Default: `$OMD_HOME`, else `.omd` in the working directory. */
  readonly omdHome?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly http?: HttpRuntime | undefined;
  /** An open catalog; it is not closed by the workflow then. */
  readonly catalog?: Catalog | undefined;
  readonly openCatalog?: CatalogOpener | undefined;
  readonly createResolver?: CreateResolver | undefined;
  readonly registry?: Registry | undefined;
  readonly connectorPaths?: readonly string[] | undefined;
  readonly selection?: Selection | undefined;
  readonly allowPartial?: boolean | undefined;
  readonly recordDir?: string | undefined;
  readonly replayDir?: string | undefined;
  readonly log?: Logger | undefined;
  readonly progress?: ((event: ProgressEvent) => void) | undefined;
  /** Knows the secrets of the run; give one to redact the caller's own output too. */
  readonly secrets?: SecretRegistry | undefined;
}
