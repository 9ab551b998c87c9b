import { recordSuite } from "../../catalog/test/record-suite.ts";
import { openServedCatalog } from "../test/served-catalog.ts";

recordSuite("records into this server, by the project's own REST client", openServedCatalog);
