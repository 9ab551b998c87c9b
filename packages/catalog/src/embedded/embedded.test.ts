import { catalogSuite } from "../../test/catalog-suite.ts";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";

catalogSuite("embedded catalog", async () => {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  return { catalog, close: () => catalog.close() };
});
