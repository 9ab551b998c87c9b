import { test } from "@jest/globals";
import type { Catalog } from "@omd/core";

/** Makes a catalog and ends it. */
export type Setup = () => Promise<{ catalog: Catalog; close: () => Promise<void> }>;

/** A test with a catalog of its own. */
export function catalogTest(setup: Setup): (name: string, body: (catalog: Catalog) => Promise<void>) => void {
  return (name, body) => {
    test(name, async () => {
      const { catalog, close } = await setup();
      try {
        await body(catalog);
      } finally {
        await close();
      }
    });
  };
}
