import { describe, expect, test } from "@jest/globals";
import type { EntityRecord } from "@omd/schema";
import { bakery, GraphWorld, manifest, model, type Files, type GraphOfRun } from "../../test/graph-world.ts";

const orders = model("orders", [], "select 1");
const clean = model("clean", ["orders"], "select 1", { config: { materialized: "ephemeral" } });

const exposure = (name: string, type: string, more: Record<string, unknown> = {}) => ({
  unique_id: `exposure.shop.${name}`,
  resource_type: "exposure",
  name,
  package_name: "shop",
  type,
  depends_on: { nodes: ["model.shop.clean"] },
  ...more,
});

const shop = (...exposures: { unique_id: string }[]): Files => ({
  manifest: manifest({ nodes: [orders, clean], exposures }),
});

function madeBy(run: GraphOfRun): EntityRecord[] {
  return run.records.filter((record) => record.kind === "entity");
}

describe("exposures that name an entity", () => {
  test.each([
    ["dashboard", "dashboard", { open_metadata_fqn: "bi.till" }],
    ["ml", "mlmodel", { open_metadata_fqn: "bi.till" }],
    ["application", "apiEndpoint", { openmetadata: { fqn: "bi.till" } }],
    ["notebook", "dashboard", { openmetadata: { fqn: "bi.till" } }],
    ["analysis", "dashboard", { open_metadata_fqn: " bi.till " }],
  ])("of type %s are linked to the %s", async (type, entityType, meta) => {
    const world = new GraphWorld();
    world.entities.add(`${entityType} bi.till`);
    const run = await world.run([shop(exposure("till", type, { meta }))]);
    expect(run.lineage()).toMatchObject([
      {
        from: { entityType: "table", fqn: "wh.db.main.orders" },
        to: { entityType, fqn: "bi.till" },
        source: "DbtLineage",
      },
    ]);
    expect(madeBy(run)).toEqual([]);
    expect((await world.run([shop(exposure("till", type, { meta }))])).edges()).toEqual([]);
  });

  test("that the catalog has not got are counted, and what was drawn stays", async () => {
    const world = new GraphWorld();
    const till = shop(exposure("till", "dashboard", { meta: { open_metadata_fqn: "bi.till" } }));
    world.entities.add("dashboard bi.till");
    await world.run([till]);
    world.entities.clear();
    const run = await world.run([till]);
    expect(run.unresolved).toEqual(["wh.db.main.orders -> bi.till: this dashboard is not in the catalog"]);
    expect([run.edges(), run.removals()]).toEqual([[], []]);
  });

  test("wrongly are one warning", async () => {
    const run = await new GraphWorld().run([
      shop(exposure("till", "dashboard", { meta: { open_metadata_fqn: 'a"b.c' } })),
    ]);
    expect(run.warnings).toEqual([
      "shop: exposures whose meta.open_metadata_fqn is no fully qualified name have no lineage: 1 (till)",
    ]);
  });

  test("follow the name when it changes", async () => {
    const world = new GraphWorld();
    world.entities.add("dashboard bi.till").add("dashboard bi.cash");
    await world.run([shop(exposure("till", "dashboard", { meta: { open_metadata_fqn: "bi.till" } }))]);
    const run = await world.run([shop(exposure("till", "dashboard", { meta: { open_metadata_fqn: "bi.cash" } }))]);
    expect([run.edges(), run.removals()]).toEqual([["main.orders -> bi.cash"], ["main.orders -> bi.till"]]);
  });
});

describe("exposures that name none", () => {
  test("become dashboards and ML models, with their lineage", async () => {
    const world = new GraphWorld();
    const dora = { id: "1", type: "user", name: "dora" };
    world.owners.set("dora@shop.example", dora);
    const till = exposure("till", "dashboard", {
      label: "Till",
      description: "What the till says.",
      url: "https://bi.shop.example/till",
      tags: ["daily"],
      owner: { name: "Dora", email: ["dora@shop.example"] },
    });
    const run = await world.run([shop(till, exposure("churn", "ml"), exposure("notes", "notebook"))]);
    expect(madeBy(run).map(({ entityType, request }) => [entityType, request])).toEqual([
      [
        "dashboardService",
        {
          name: "shop_dbt_exposures",
          serviceType: "CustomDashboard",
          description: "Exposures of the dbt project shop.",
        },
      ],
      [
        "dashboard",
        {
          name: "till",
          service: "shop_dbt_exposures",
          displayName: "Till",
          description: "What the till says.",
          sourceUrl: "https://bi.shop.example/till",
          project: "shop",
          owners: [{ id: "1", type: "user" }],
          tags: [{ tagFQN: "dbtTags.daily", labelType: "Automated", state: "Suggested", source: "Classification" }],
        },
      ],
      [
        "mlmodelService",
        { name: "shop_dbt_exposures", serviceType: "CustomMlModel", description: "Exposures of the dbt project shop." },
      ],
      ["mlmodel", { name: "churn", service: "shop_dbt_exposures", displayName: "churn", algorithm: "unknown" }],
      ["dashboard", { name: "notes", service: "shop_dbt_exposures", displayName: "notes", project: "shop" }],
    ]);
    expect(run.edges()).toEqual([
      "main.orders -> shop_dbt_exposures.churn",
      "main.orders -> shop_dbt_exposures.notes",
      "main.orders -> shop_dbt_exposures.till",
    ]);
  });

  test("become API endpoints where they are applications", async () => {
    const world = new GraphWorld();
    const app = exposure("pos", "application", { label: "POS", url: "https://pos.shop.example/api", maturity: "high" });
    const run = await world.run([shop(app, exposure("cli", "application", { url: "not a URI" }))]);
    const description = "Exposures of the dbt project shop.";
    expect(madeBy(run).map(({ entityType, request }) => [entityType, request])).toEqual([
      ["apiService", { name: "shop_dbt_exposures", serviceType: "Rest", description }],
      ["apiCollection", { name: "shop", service: "shop_dbt_exposures", displayName: "shop", description }],
      [
        "apiEndpoint",
        {
          name: "pos",
          apiCollection: "shop_dbt_exposures.shop",
          displayName: "POS",
          endpointURL: "https://pos.shop.example/api",
          sourceUrl: "https://pos.shop.example/api",
          tags: [
            {
              tagFQN: "dbtProperties.maturity_high",
              labelType: "Automated",
              state: "Suggested",
              source: "Classification",
            },
          ],
        },
      ],
      [
        "apiEndpoint",
        { name: "cli", apiCollection: "shop_dbt_exposures.shop", displayName: "cli", sourceUrl: "not a URI" },
      ],
    ]);
    expect(run.lineage().map(({ to }) => to)).toEqual([
      { entityType: "apiEndpoint", fqn: "shop_dbt_exposures.shop.pos" },
      { entityType: "apiEndpoint", fqn: "shop_dbt_exposures.shop.cli" },
    ]);
  });

  test("leave the dashboard that an earlier version made of an application", async () => {
    const world = new GraphWorld();
    await world.run([shop(exposure("pos", "dashboard"))]);
    const run = await world.run([shop(exposure("pos", "application"))]);
    expect(run.deleted).toEqual(["dashboard shop_dbt_exposures.pos"]);
    expect([run.edges(), run.removals()]).toEqual([
      ["main.orders -> shop_dbt_exposures.shop.pos"],
      ["main.orders -> shop_dbt_exposures.pos"],
    ]);
    const again = await world.run([shop(exposure("pos", "application"))]);
    expect([again.edges(), again.removals(), again.deleted]).toEqual([[], [], []]);
  });

  test("are one warning where nothing may be made", async () => {
    const run = await new GraphWorld().run([shop(exposure("till", "dashboard"), exposure("churn", "ml"))], {
      creates: false,
    });
    expect([madeBy(run), run.edges()]).toEqual([[], []]);
    expect(run.warnings).toEqual([
      "shop: exposures that name no entity of the catalog (meta.open_metadata_fqn) have no lineage: 2 (till, churn)",
    ]);
  });

  test("are marked deleted with their edges once dbt has them no more, not when they are made no more", async () => {
    const world = new GraphWorld();
    const both = shop(exposure("till", "dashboard"), exposure("notes", "notebook"));
    await world.run([both]);
    const idle = await world.run([both], { creates: false });
    expect([idle.deleted, idle.removals()]).toEqual([[], []]);
    const broken = await world.run([shop(exposure("till", "dashboard"))], { broken: true });
    expect([broken.deleted, broken.removals()]).toEqual([[], []]);
    const run = await world.run([shop(exposure("till", "dashboard"))]);
    expect(run.deleted).toEqual(["dashboard shop_dbt_exposures.notes"]);
    expect(run.removals()).toEqual(["main.orders -> shop_dbt_exposures.notes"]);
    expect((await world.run([shop(exposure("till", "dashboard"))])).deleted).toEqual([]);
  });

  test("of a real project", async () => {
    const run = await new GraphWorld().run([bakery("1.5.2")]);
    expect(run.edges()).toContain("main.sales_by_day -> bakery_dbt_exposures.till_dashboard");
  });
});
