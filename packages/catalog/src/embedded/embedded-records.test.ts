import { expect, test } from "@jest/globals";
import { fqnOf, type EntityUpdateRecord, type FQN } from "@omd/schema";
import { addSchema, addTable, label } from "../../test/catalog-fixture.ts";
import { recordSuite } from "../../test/record-suite.ts";
import { runSink } from "../../test/sink-fixture.ts";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";

recordSuite("records into the embedded catalog", async () => {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  return { catalog, close: () => catalog.close() };
});

test("tags that every OpenMetadata has are made when they are first used; others are left out", async () => {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  const { fullyQualifiedName: fqn } = await addTable(catalog, await addSchema(catalog, "db"), "t");
  const update = (set: EntityUpdateRecord["set"]): EntityUpdateRecord => ({
    kind: "entityUpdate",
    entityType: "table",
    fqn,
    set,
  });
  const { outcomes, warnings } = await runSink(catalog, [
    update({ tier: "Tier.Tier2" as FQN, tags: [label("PII.Sensitive"), label("PII.Other"), label("Mine.Tier2")] }),
  ]);
  expect([outcomes, warnings]).toEqual([
    ["updated"],
    ["not in the catalog and left out: tag Mine.Tier2, tag PII.Other"],
  ]);
  const table = await catalog.get("table", fqn, { fields: ["tags"] });
  const tags = table?.["tags"] as { tagFQN: string }[];
  expect(tags.map(({ tagFQN }) => tagFQN).sort()).toEqual(["PII.Sensitive", "Tier.Tier2"]);
  expect(await catalog.get("tag", fqnOf("Tier", "Tier2"))).toMatchObject({ provider: "system" });
  expect(await catalog.get("tag", fqnOf("Tier", "Tier1"))).toBeUndefined();
  // What people deleted does not come back.
  await catalog.delete("classification", (await catalog.get("classification", fqnOf("PII")))?.id ?? "");
  await catalog.seedTag(fqnOf("PII", "None"));
  expect(await catalog.get("tag", fqnOf("PII", "None"))).toBeUndefined();
  await catalog.close();
});
