import { createHttpRuntime } from "@omd/http";
import { catalogSuite } from "../../test/catalog-suite.ts";
import { startFace } from "../../test/openmetadata-face/face.ts";
import { openEmbeddedCatalog } from "../embedded/embedded-catalog.ts";
import { createRestCatalog } from "./rest-catalog.ts";

catalogSuite("the REST catalog, over a stand-in server", async () => {
  const store = openEmbeddedCatalog({ file: ":memory:" });
  const face = await startFace({ store });
  const http = createHttpRuntime({});
  return {
    catalog: createRestCatalog({ hostPort: face.hostPort, limitRecords: 3 }, { http }),
    close: async () => {
      await http.close();
      await face.close();
      await store.close();
    },
  };
});
