import type { Catalog } from "@omd/core";
import { describe } from "@jest/globals";
import { columnTests } from "./suite/columns.ts";
import { deleteTests } from "./suite/deletes.ts";
import { lineageTests } from "./suite/lineage.ts";
import { lookupTests } from "./suite/lookups.ts";
import { patchTests } from "./suite/patches.ts";
import { putTests } from "./suite/puts.ts";
import { seriesTests } from "./suite/series.ts";

/** What both sides of the Catalog port must do, in the terms of a real OpenMetadata server. `setup` is called for every test. */
export function catalogSuite(
  name: string,
  setup: () => Promise<{ catalog: Catalog; close: () => Promise<void> }>,
): void {
  describe(name, () => {
    putTests(setup);
    columnTests(setup);
    lookupTests(setup);
    patchTests(setup);
    deleteTests(setup);
    seriesTests(setup);
    lineageTests(setup);
  });
}
