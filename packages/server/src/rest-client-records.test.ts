import { createRestCatalog } from "@omd/catalog";
import { createHttpRuntime } from "@omd/http";
import { recordSuite } from "../../catalog/test/record-suite.ts";
import { openTestApp } from "../test/test-app.ts";

recordSuite("records into this server, by the project's own REST client", async () => {
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
});
