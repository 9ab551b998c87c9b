import type { CatalogWriter, EmbeddedCatalog } from "@omd/catalog";
import type { KeptReports } from "@omd/core";
import type { NamespaceServices } from "@omd/lineage";

/** What every route works with. */
export interface ServerParts {
  /** For reads: a connection of this thread. */
  readonly catalog: EmbeddedCatalog;
  /** For writes: the same methods on a thread of their own. An answer means committed; errors are CatalogErrors as thrown there. */
  readonly writer: CatalogWriter;
  /** Version of OpenMetadata that clients are told. */
  readonly version: string;
  /** Directory of catalog, state and reports. */
  readonly omdHome: string;
  /** Which services the namespaces of OpenLineage events mean; none: their names decide. */
  readonly namespaces?: NamespaceServices | undefined;
}

/** What the page's own routes work with. */
export interface PageParts extends ServerParts {
  /** Reports of the runs below OMD_HOME. */
  readonly reports: KeptReports;
}
