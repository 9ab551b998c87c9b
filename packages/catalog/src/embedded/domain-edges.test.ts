import { expect, test } from "@jest/globals";
import { fqnOf, type EntityType, type FQN } from "@omd/schema";
import { addSchema, addTable, ref } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";

async function setup(): Promise<EmbeddedCatalog> {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  for (const name of ["Sales", "Lab"]) await catalog.put("domain", { name, description: "d", domainType: "Aggregate" });
  return catalog;
}

async function from(catalog: EmbeddedCatalog, domain: string): Promise<string[]> {
  const found = await catalog.neighbourhood(
    { entityType: "domain", fqn: fqnOf(domain) },
    { upstream: 0, downstream: 1 },
  );
  return (found?.edges ?? []).map(({ to, details }) => `${to.name} ${details.assetEdges}`);
}

test("a service of another kind with the same name has domains of its own", async () => {
  const catalog = await setup();
  const schema = await addSchema(catalog, "same");
  await catalog.put("databaseService", { name: "same", serviceType: "Mysql", domains: ["Sales"] });
  await catalog.put("driveService", { name: "same", serviceType: "GoogleDrive" });
  const target = await addTable(catalog, await addSchema(catalog, "other"), "t");
  await catalog.put("databaseService", { name: "other", serviceType: "Mysql", domains: ["Lab"] });
  const { entity: file } = await catalog.put("file", { name: "f", service: "same" });
  await catalog.putLineage({ from: ref("file", file), to: ref("table", target), details: {} });
  expect(await from(catalog, "Sales")).toEqual([]);
  const table = await addTable(catalog, schema, "t");
  await catalog.putLineage({ from: ref("table", table), to: ref("table", target), details: {} });
  expect(await from(catalog, "Sales")).toEqual(["Lab 1"]);
});

test("a domain within another is no heir of it, and an asset of two leads from both", async () => {
  const catalog = await setup();
  await catalog.put("domain", { name: "EU", description: "d", domainType: "Aggregate", parent: "Sales" });
  const schema = await addSchema(catalog, "s");
  const [one, other] = [await addTable(catalog, schema, "one"), await addTable(catalog, schema, "other")];
  await catalog.putLineage({ from: ref("table", one), to: ref("table", other), details: {} });
  const domains = async (id: string, names: readonly string[]) => {
    const found = await Promise.all(names.map((name) => catalog.get("domain", name as FQN)));
    const value = found.map((domain) => ({ id: domain?.id, type: "domain" }));
    await catalog.patch("table", id, [{ op: "add", path: "/domains", value }]);
  };
  await domains(one.id, ["Sales.EU", "Lab"]);
  await domains(other.id, ["Sales", "Lab"]);
  expect(await from(catalog, "Sales")).toEqual([]);
  const eu = await catalog.neighbourhood(
    { entityType: "domain" satisfies EntityType, fqn: "Sales.EU" as FQN },
    { upstream: 0, downstream: 1 },
  );
  expect(eu?.edges.map(({ to, details }) => `${to.name} ${details.assetEdges}`).sort()).toEqual(["Lab 1", "Sales 1"]);
  expect(await from(catalog, "Lab")).toEqual(["Sales 1"]);
});

test("others have their turn while a large domain is read", async () => {
  const catalog = await setup();
  const schema = await addSchema(catalog, "big");
  await catalog.put("databaseService", { name: "big", serviceType: "Mysql", domains: ["Sales"] });
  const columns = [{ name: "id", dataType: "INT" }];
  const requests = Array.from({ length: 1600 }, (_, at) => ({ name: `t${at}`, databaseSchema: schema, columns }));
  await catalog.putMany("table", requests);
  const target = await addTable(catalog, await addSchema(catalog, "other"), "t");
  await catalog.put("databaseService", { name: "other", serviceType: "Mysql", domains: ["Lab"] });
  for (const at of [0, 700, 1599]) {
    const table = await catalog.get("table", `${schema}.t${at}` as FQN);
    if (table) await catalog.putLineage({ from: ref("table", table), to: ref("table", target), details: {} });
  }
  let turns = 0;
  let done = false;
  const turn = (): void => {
    turns += 1;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  const found = await from(catalog, "Sales");
  done = true;
  expect(found).toEqual(["Lab 3"]);
  expect(turns).toBeGreaterThanOrEqual(3);
});
