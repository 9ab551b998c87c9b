import { catalogSuite } from "../../catalog/test/catalog-suite.ts";
import { openServedCatalog } from "../test/served-catalog.ts";

catalogSuite("the project's own REST client, over this server", openServedCatalog);
