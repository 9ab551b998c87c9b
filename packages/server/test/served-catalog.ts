import { createRestCatalog } from "@omd/catalog";
import type { Catalog } from "@omd/core";
import { createHttpRuntime } from "@omd/http";
import { openTestApp } from "./test-app.ts";

/** An empty catalog behind this server, as the project's own REST client sees it. */
export async function openServedCatalog(): Promise<{ catalog: Catalog; close: () => Promise<void> }> {
  const server = openTestApp();
  const url = await server.app.listen({ host: "127.0.0.1", port: 0 });
  const http = createHttpRuntime({});
  return {
    catalog: createRestCatalog({ hostPort: `${url}/api`, limitRecords: 3 }, { http }),
    close: async () => {
      await http.close();
      await server.close();
    },
  };
}
