import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Catalog, CatalogOpener } from "@omd/core";
import type { HttpRuntime } from "@omd/http";
import { embeddedHostPort, openMetadataServerConfig } from "./server-config.ts";

/** What a catalog is opened with. `omdHome`: directory of the embedded catalog's file `catalog.db`. */
export interface OpenCatalogDeps {
  readonly http: HttpRuntime;
  readonly omdHome: string;
  /**
   * What a file is opened for. `none`: where there is no file yet, none is made, and the catalog is empty; `many`: they get a thread of
   * their own. Default `few`.
   */
  readonly writes?: "none" | "few" | "many" | undefined;
}

/**
 * The server that `openMetadataServerConfig` names, as it is written in the YAML, else the embedded catalog. Throws ZodError for a block that
 * `serverSchema` refuses, and CatalogError when the file can't be opened.
 */
export const openCatalog: CatalogOpener = Object.assign(open, { serverSchema: openMetadataServerConfig });

async function open(server: Readonly<Record<string, unknown>> | undefined, deps: OpenCatalogDeps): Promise<Catalog> {
  const config = server && openMetadataServerConfig.parse(server);
  if (config === undefined || config.hostPort === embeddedHostPort) {
    const file = join(deps.omdHome, "catalog.db");
    if (deps.writes === "many") {
      const { ThreadedCatalog } = await import("./writer/threaded-catalog.ts");
      return new ThreadedCatalog(file);
    }
    const { openEmbeddedCatalog } = await import("./embedded/embedded-catalog.ts");
    return openEmbeddedCatalog({ file: deps.writes === "none" && !existsSync(file) ? ":memory:" : file });
  }
  const { createRestCatalog } = await import("./rest/rest-catalog.ts");
  return createRestCatalog(config, { http: deps.http });
}
