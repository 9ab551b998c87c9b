import { describe } from "@jest/globals";
import { assetRecordTests } from "./suite/asset-records.ts";
import { dataModelTests } from "./suite/data-model-records.ts";
import { testRecordTests } from "./suite/test-records.ts";
import { updateTests } from "./suite/update-records.ts";
import type { Setup } from "./suite/setup.ts";

/** What the sink makes of records on either side of the Catalog port. `setup` is called for every test. */
export function recordSuite(name: string, setup: Setup): void {
  describe(name, () => {
    dataModelTests(setup);
    updateTests(setup);
    testRecordTests(setup);
    assetRecordTests(setup);
  });
}
