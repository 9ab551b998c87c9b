import type { CatalogOpener, WorkflowConfig } from "@omd/core";

/** Opens the catalog that a workflow file names; mistakes in its server block have line and column. */
export function catalogOpener(config: WorkflowConfig): CatalogOpener {
  return async (server, deps) => {
    const [{ openCatalog, openMetadataServerConfig }, { locateIssues }] = await Promise.all([
      import("@omd/catalog"),
      import("@omd/core"),
    ]);
    if (server === undefined) return openCatalog(undefined, deps);
    const parsed = openMetadataServerConfig.safeParse(server);
    if (parsed.success) return openCatalog(parsed.data, deps);
    throw (
      locateIssues(config, ["workflowConfig", "openMetadataServerConfig"], parsed.error, openMetadataServerConfig) ??
      parsed.error
    );
  };
}
