import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Catalog, CatalogOpener } from "@omd/core";
import type { HttpRuntime } from "@omd/http";
import { embeddedHostPort, openMetadataServerConfig } from "./server-config.ts";

/** What a catalog is opened with. `omdHome`: directory of the embedded catalog's file `catalog.db`. */
export interface OpenCatalogDeps {
  readonly http: HttpRuntime;
  readonly omdHome: string;
  /** Nothing is to be written: where there is no file yet, none is made, and the catalog is empty. */
  readonly readsOnly?: boolean | undefined;
}

/**
 * The server that `openMetadataServerConfig` names, as it is written in the YAML, else the embedded catalog. Throws ZodError for a block that
 * `serverSchema` refuses, and CatalogError when the file can't be opened.
 */
export const openCatalog: CatalogOpener = Object.assign(open, { serverSchema: openMetadataServerConfig });

async function open(server: Readonly<Record<string, unknown>> | undefined, deps: OpenCatalogDeps): Promise<Catalog> {
  const config = server && openMetadataServerConfig.parse(server);
  if (config === undefined || config.hostPort === embeddedHostPort) {
    const { openEmbeddedCatalog } = await import("./embedded/embedded-catalog.ts");
    const file = join(deps.omdHome, "catalog.db");
    return openEmbeddedCatalog({ file: deps.readsOnly === true && !existsSync(file) ? ":memory:" : file });
  }
  const { createRestCatalog } = await import("./rest/rest-catalog.ts");
  return createRestCatalog(config, { http: deps.http });
}
