import { join } from "node:path";
import type { Catalog } from "@omd/core";
import type { HttpRuntime } from "@omd/http";
import { openEmbeddedCatalog } from "./embedded/embedded-catalog.ts";
import { embeddedHostPort, type OpenMetadataServerConfig } from "./server-config.ts";

/** What a catalog is opened with. `omdHome`: directory of the embedded catalog's file `catalog.db`. */
export interface OpenCatalogDeps {
  readonly http: HttpRuntime;
  readonly omdHome: string;
}

/** The server that the configuration names, else the embedded catalog. Throws CatalogError when the file can't be opened. */
export async function openCatalog(
  config: OpenMetadataServerConfig | undefined,
  deps: OpenCatalogDeps,
): Promise<Catalog> {
  if (config === undefined || config.hostPort === embeddedHostPort) {
    return openEmbeddedCatalog({ file: join(deps.omdHome, "catalog.db") });
  }
  const { createRestCatalog } = await import("./rest/rest-catalog.ts");
  return createRestCatalog(config, { http: deps.http });
}
