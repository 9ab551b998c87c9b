import { z } from "zod";
import { anyObject, entityName, entityReference, fqnText, standardFields } from "../references.ts";
import { column } from "./table.ts";

const common = { name: entityName, service: fqnText, ...standardFields };

/** OpenMetadata: api/data/createDashboard.json. */
export const createDashboard = z.strictObject({
  ...common,
  dashboardType: z.enum(["Dashboard", "Report"]).optional(),
  sourceUrl: z.string().optional(),
  project: z.string().optional(),
  charts: z.array(fqnText).optional(),
  dataModels: z.array(fqnText).optional(),
});

/** OpenMetadata: api/data/createChart.json. */
export const createChart = z.strictObject({
  ...common,
  chartType: z
    .enum([
      "Line",
      "Table",
      "Bar",
      "Area",
      "Pie",
      "Histogram",
      "Scatter",
      "Text",
      "BoxPlot",
      "SanKey",
      "Gauge",
      "Map",
      "Graph",
      "Heatmap",
      "Timeline",
      "Other",
    ])
    .optional(),
  sourceUrl: z.string().optional(),
  dashboards: z.array(fqnText).optional(),
});

/** OpenMetadata: api/data/createDashboardDataModel.json. */
export const createDashboardDataModel = z.strictObject({
  ...common,
  serviceType: z.string().optional(),
  dataModelType: z.enum([
    "TableauDataModel",
    "TableauPublishedDatasource",
    "TableauEmbeddedDatasource",
    "SupersetDataModel",
    "MetabaseDataModel",
    "LookMlView",
    "LookMlExplore",
    "PowerBIDataModel",
    "QlikDataModel",
    "QuickSightDataModel",
    "SigmaDataModel",
    "PowerBIDataFlow",
    "MicroStrategyDataset",
    "ThoughtSpotDataModel",
  ]),
  sourceUrl: z.string().optional(),
  sql: z.string().optional(),
  columns: z.array(column),
  project: z.string().optional(),
});

/** OpenMetadata: api/data/createMlModel.json. */
export const createMlModel = z.strictObject({
  ...common,
  algorithm: z.string().optional(),
  mlFeatures: z.array(anyObject).optional(),
  target: z.string().optional(),
  mlHyperParameters: z.array(anyObject).optional(),
  dashboard: fqnText.optional(),
  mlStore: anyObject.optional(),
  server: z.string().optional(),
  sourceUrl: z.string().optional(),
});

const count = ["COUNT", "PERCENTAGE", "OTHER"] as const;

/** OpenMetadata: api/data/createMetric.json. */
export const createMetric = z.strictObject({
  name: entityName,
  displayName: standardFields.displayName,
  description: standardFields.description,
  owners: standardFields.owners,
  tags: standardFields.tags,
  domains: standardFields.domains,
  dataProducts: standardFields.dataProducts,
  extension: standardFields.extension,
  metricExpression: anyObject.optional(),
  metricType: z
    .enum([...count, "SUM", "AVERAGE", "RATIO", "MIN", "MAX", "MEDIAN", "MODE", "STANDARD_DEVIATION", "VARIANCE"])
    .optional(),
  unitOfMeasurement: z
    .enum([...count, "DOLLARS", "TIMESTAMP", "SIZE", "REQUESTS", "EVENTS", "TRANSACTIONS"])
    .optional(),
  customUnitOfMeasurement: z.string().optional(),
  granularity: z.enum(["SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]).optional(),
  relatedMetrics: z.array(fqnText).optional(),
  reviewers: z.array(entityReference).optional(),
});
