import { describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { addTable, addSchema, collect, label } from "../../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "../embedded-catalog.ts";

async function seeded(): Promise<EmbeddedCatalog> {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  await catalog.seed(["Airflow", "Marquez"]);
  return catalog;
}

describe("what every catalog has", () => {
  test("comes once, and is not brought back or changed", async () => {
    const catalog = await seeded();
    const tier = await catalog.get("tag", fqnOf("Tier", "Tier5"));
    await catalog.delete("tag", tier?.id ?? "");
    const before = [...catalog.exportLines()];
    expect(await catalog.seed(["Airflow", "Marquez"])).toBe(0);
    expect([...catalog.exportLines()]).toEqual(before);
    expect(await catalog.seed(["Other"])).toBe(1);
  });

  test("a classification that people deleted does not stop it", async () => {
    const catalog = await seeded();
    const { id = "" } = (await catalog.get("classification", fqnOf("Tier"))) ?? {};
    await catalog.delete("classification", id);
    const tag = await catalog.get("tag", fqnOf("Tier", "Tier1"), { include: "all" });
    await catalog.delete("tag", tag?.id ?? "", { hard: true });
    expect(await catalog.seed()).toBe(0);
  });

  test("25 test definitions, each with its validator", async () => {
    const catalog = await seeded();
    const { data, total } = await catalog.page("testDefinition", { limit: 100, filters: { entityType: "TABLE" } });
    expect([total, data.length, (await catalog.page("testDefinition")).total]).toEqual([9, 9, 25]);
    expect(data.find(({ name }) => name === "tableDiff")).toMatchObject({
      validatorClass: "TableDiffValidator",
      provider: "system",
      enabled: true,
    });
    const all = await collect(catalog.list("testDefinition"));
    expect(new Set(all.map(({ validatorClass }) => validatorClass)).size).toBe(25);
  });

  test("definitions of connection tests by the name that clients ask for", async () => {
    const catalog = await seeded();
    const steps = async (name: string): Promise<unknown> =>
      (await catalog.get("testConnectionDefinition", fqnOf(name, "testConnectionDefinition")))?.steps;
    expect(await steps("Airflow")).toMatchObject([{ name: "CheckAccess", mandatory: true }]);
    expect(await steps("Marquez")).toMatchObject([{ name: "CheckAccess" }]);
    expect(await steps("SQLite")).toMatchObject([{}, {}, {}, { name: "GetViews", mandatory: false }]);
    expect(await steps("S3")).toMatchObject([{ name: "ListBuckets" }, { name: "GetMetrics", mandatory: false }]);
    expect(await steps("Mlflow")).toMatchObject([{ name: "GetModels", mandatory: true, shortCircuit: true }]);
    expect(await steps("Atlas")).toMatchObject([{ name: "CheckAccess" }]);
    expect(await steps("Nobody")).toBeUndefined();
  });

  test("one tier only on one entity or column", async () => {
    const catalog = await seeded();
    const schema = await addSchema(catalog, "s");
    const { id } = await addTable(catalog, schema, "t");
    const columns = [{ name: "c", dataType: "INT" }];
    const put = (tags: string[], ofColumn: string[] = []) =>
      catalog.put("table", {
        name: "t",
        databaseSchema: schema,
        columns: columns.map((column) => ({ ...column, tags: ofColumn.map(label) })),
        tags: tags.map(label),
      });
    const both = { status: 400, message: expect.stringContaining("Tier.Tier1 and Tier.Tier2 are mutually exclusive") };
    await expect(put(["Tier.Tier1", "Tier.Tier2"])).rejects.toMatchObject(both);
    await expect(put([], ["Tier.Tier1", "Tier.Tier2"])).rejects.toMatchObject(both);
    await put(["Tier.Tier1", "PII.None"]);
    await expect(put(["Tier.Tier2"])).rejects.toMatchObject(both);
    await put([], ["Tier.Tier1"]);
    await expect(put([], ["Tier.Tier2"])).rejects.toMatchObject(both);
    const patch = [{ op: "add", path: "/tags/0", value: label("Tier.Tier2") }] as const;
    await expect(catalog.patch("table", id, patch)).rejects.toMatchObject(both);
  });
});
