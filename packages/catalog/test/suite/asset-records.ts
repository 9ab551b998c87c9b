import { describe, expect } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { freshNames } from "../catalog-fixture.ts";
import { entityRecord, runSink } from "../sink-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

/** Entities at the end of a dbt project: they are created, then patched, and sent once only. */
export function assetRecordTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("dashboards, models, endpoints and metrics", () => {
    test("are written after what they name, and not again", async (catalog) => {
      const { pipelines: name } = freshNames();
      const records = [
        entityRecord("dashboardService", { name: `bi_${name}`, serviceType: "Metabase" }),
        entityRecord("chart", { name: "c", service: `bi_${name}`, chartType: "Bar" }),
        entityRecord("dashboard", { name: "d", service: `bi_${name}`, charts: [fqnOf(`bi_${name}`, "c")] }),
        entityRecord("mlmodelService", { name: `ml_${name}`, serviceType: "Mlflow" }),
        entityRecord("mlmodel", {
          name: "m",
          service: `ml_${name}`,
          algorithm: "trees",
          dashboard: fqnOf(`bi_${name}`, "d"),
        }),
        entityRecord("apiService", { name: `api_${name}`, serviceType: "Rest" }),
        entityRecord("apiCollection", { name: "v1", service: `api_${name}`, endpointURL: "http://x.io" }),
        entityRecord("apiEndpoint", {
          name: "orders",
          apiCollection: fqnOf(`api_${name}`, "v1"),
          endpointURL: "http://x.io/orders",
        }),
        entityRecord("metric", { name: `revenue_${name}`, metricType: "SUM", description: "money" }),
      ];
      expect((await runSink(catalog, records)).outcomes).toEqual(records.map(() => "created"));
      expect(await runSink(catalog, records)).toMatchObject({
        outcomes: records.map(() => "unchanged"),
        writes: [],
      });
    });

    test("are patched where the source changed", async (catalog) => {
      const { pipelines: name } = freshNames();
      const metric = (more: object) => entityRecord("metric", { name: `m_${name}`, description: "first", ...more });
      const expression = (code: string) => ({ metricExpression: { language: "SQL", code } });
      await runSink(catalog, [metric({ metricType: "SUM", ...expression("sum(a)") })]);
      const run = await runSink(catalog, [
        metric({ metricType: "AVERAGE", description: "x", ...expression("avg(a)") }),
      ]);
      expect(run).toMatchObject({ outcomes: ["updated"], writes: ["patch"] });
      expect(await catalog.get("metric", fqnOf(`m_${name}`))).toMatchObject({
        description: "first",
        metricType: "AVERAGE",
        metricExpression: { code: "avg(a)" },
      });
    });
  });
}
