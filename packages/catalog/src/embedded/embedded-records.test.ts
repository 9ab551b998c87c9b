import { recordSuite } from "../../test/record-suite.ts";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";

recordSuite("records into the embedded catalog", async () => {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  return { catalog, close: () => catalog.close() };
});
