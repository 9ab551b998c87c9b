import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Catalog } from "@omd/core";
import type { HttpRuntime } from "@omd/http";
import { openEmbeddedCatalog } from "./embedded/embedded-catalog.ts";
import { embeddedHostPort, type OpenMetadataServerConfig } from "./server-config.ts";

/** What a catalog is opened with. `omdHome`: directory of the embedded catalog's file `catalog.db`. */
export interface OpenCatalogDeps {
  readonly http: HttpRuntime;
  readonly omdHome: string;
  /** Nothing is to be written: where there is no file yet, none is made, and the catalog is empty. */
  readonly readsOnly?: boolean | undefined;
}

/** The server that the configuration names, else the embedded catalog. Throws CatalogError when the file can't be opened. */
export async function openCatalog(
  config: OpenMetadataServerConfig | undefined,
  deps: OpenCatalogDeps,
): Promise<Catalog> {
  if (config === undefined || config.hostPort === embeddedHostPort) {
    const file = join(deps.omdHome, "catalog.db");
    return openEmbeddedCatalog({ file: deps.readsOnly === true && !existsSync(file) ? ":memory:" : file });
  }
  const { createRestCatalog } = await import("./rest/rest-catalog.ts");
  return createRestCatalog(config, { http: deps.http });
}
