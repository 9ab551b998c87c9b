import type { Catalog, CatalogEntity } from "@omd/core";
import { entityLink, fqnOf, type CreateRequest, type EntityType, type FQN } from "@omd/schema";
import { addSchema, addTable, id, label, mail, ref } from "./catalog-fixture.ts";

/** Puts an entity twice, the second time with a display name, so that it has a history. */
async function put<T extends EntityType>(catalog: Catalog, type: T, request: CreateRequest<T>): Promise<CatalogEntity> {
  await catalog.put(type, request);
  return (await catalog.put(type, { ...request, displayName: `The ${type}` })).entity;
}

const service = "all.svc";

/** Glossary, domain, data product, metric, policy, role; answers what other requests may carry of them. */
export async function addGovernance(catalog: Catalog): Promise<{ domains: FQN[]; dataProducts: FQN[] }> {
  const user = (await catalog.put("user", { name: "bea.b", email: "bea@example.com" })).entity;
  const owners = [ref("user", user)];
  const description = "words";
  await put(catalog, "domain", { name: "Sales", description, domainType: "Aggregate", experts: ["bea.b"], owners });
  await put(catalog, "domain", { name: "EU", description, domainType: "Source-aligned", parent: "Sales" });
  const domains = [fqnOf("Sales", "EU")];
  await put(catalog, "dataProduct", { name: "Orders", description, domains, experts: ["bea.b"], owners });
  await put(catalog, "glossary", { name: "Words", description, reviewers: owners, owners, mutuallyExclusive: true });
  await put(catalog, "glossaryTerm", { name: "Order", description, glossary: "Words", synonyms: ["Purchase"] });
  await put(catalog, "glossaryTerm", {
    name: "Line",
    description,
    glossary: "Words",
    parent: "Words.Order",
    relatedTerms: ["Words.Order"],
    references: [{ name: "wiki", endpoint: "http://wiki.example.com/line" }],
  });
  await put(catalog, "metric", { name: "revenue", metricType: "SUM", granularity: "DAY", domains });
  await put(catalog, "metric", { name: "margin", relatedMetrics: ["revenue"], owners, description });
  const rule = { name: "read", effect: "allow" as const, operations: ["ViewAll"], resources: ["all"] };
  await put(catalog, "policy", { name: "Readers", rules: [rule], description });
  const role = await put(catalog, "role", { name: "Reader", policies: ["Readers"], description });
  await put(catalog, "user", { name: "cy", email: "cy@example.com", roles: [role.id], domains });
  return { domains, dataProducts: [fqnOf("Orders")] };
}

/** Dashboards, models, search and API. */
async function addAssets(catalog: Catalog, std: object): Promise<void> {
  const config = (serviceType: string) => ({
    name: service,
    serviceType,
    connection: { config: { type: serviceType } },
  });
  await put(catalog, "dashboardService", config("CustomDashboard"));
  await put(catalog, "mlmodelService", config("CustomMlModel"));
  await put(catalog, "searchService", config("ElasticSearch"));
  await put(catalog, "apiService", {
    ...config("Rest"),
    connection: { config: { type: "Rest", openAPISchemaConnection: { openAPISchemaURL: "http://a.example.com" } } },
  });
  await put(catalog, "metadataService", { name: service, serviceType: "Atlas" });
  await put(catalog, "chart", { name: "c.1", service, chartType: "Bar", ...std });
  const columns = [id, mail];
  await put(catalog, "dashboardDataModel", {
    name: "m",
    service,
    dataModelType: "SupersetDataModel",
    sql: "select 1",
    columns,
    ...std,
  });
  await put(catalog, "dashboard", {
    name: "d",
    service,
    dashboardType: "Report",
    project: "p",
    charts: ['"all.svc"."c.1"'],
    dataModels: ['"all.svc".model.m'],
    sourceUrl: "http://d.example.com",
    ...std,
  });
  await put(catalog, "chart", { name: "c2", service, dashboards: ['"all.svc".d'] });
  await put(catalog, "mlmodel", {
    name: "ml",
    service,
    mlFeatures: [{ name: "age", dataType: "numerical", featureSources: [{ name: "a", dataType: "integer" }] }],
    mlHyperParameters: [{ name: "k", value: "3" }],
    dashboard: '"all.svc".d',
    ...std,
  });
  const fields = [{ name: "a", dataType: "OBJECT", children: [{ name: "b.c", dataType: "KEYWORD" }] }];
  await put(catalog, "searchIndex", { name: "i", service, fields, searchIndexSettings: { shards: 1 }, ...std });
  await put(catalog, "apiCollection", { name: "col", service, endpointURL: "http://a.example.com/col", ...std });
  await put(catalog, "apiEndpoint", {
    name: "get",
    apiCollection: '"all.svc".col',
    endpointURL: "http://a.example.com/get",
    requestMethod: "GET",
    responseSchema: { schemaType: "JSON", schemaFields: [{ name: "x", dataType: "STRING" }] },
    ...std,
  });
}

/** Directories, files, spreadsheets and worksheets. */
async function addDrive(catalog: Catalog, std: object): Promise<void> {
  const connection = { config: { type: "CustomDrive", sourcePythonClass: "my.Drive" } };
  await put(catalog, "driveService", { name: service, serviceType: "CustomDrive", connection });
  const directory = {
    directoryType: "Folder",
    path: "/team",
    numberOfFiles: 2,
    totalSize: 10,
    isShared: true,
  } as const;
  const team = await put(catalog, "directory", { name: "team.a", service, ...directory, ...std });
  const parent = team.fullyQualifiedName;
  await put(catalog, "directory", { name: "2026", service, parent, directoryType: "Folder" });
  await put(catalog, "file", {
    name: "data.csv",
    service,
    directory: fqnOf(service, "team.a", "2026"),
    fileType: "CSV",
    mimeType: "text/csv",
    fileExtension: "csv",
    size: 10,
    columns: [id, mail],
    webViewLink: "http://drive.example.com/data.csv",
    ...std,
  });
  await put(catalog, "file", { name: "readme", service, isShared: false });
  await put(catalog, "spreadsheet", {
    name: "plan",
    service,
    parent: { ...ref("directory", team), fullyQualifiedName: parent },
    mimeType: "application/vnd.google-apps.spreadsheet",
    driveFileId: "1a",
    createdTime: 1_700_000_000_000,
    ...std,
  });
  await put(catalog, "worksheet", {
    name: "Q1",
    spreadsheet: fqnOf(service, "team.a", "plan"),
    service,
    worksheetId: "0",
    index: 0,
    rowCount: 3,
    columnCount: 2,
    columns: [id, mail],
    isHidden: false,
    sourceUrl: "http://drive.example.com/plan#gid=0",
    ...std,
  });
}

/** What hangs on tables: procedures, queries, tests. */
async function addAroundTables(catalog: Catalog, schema: FQN, std: object): Promise<void> {
  const table = await addTable(catalog, schema, "t");
  const description = "words";
  await put(catalog, "storedProcedure", {
    name: "proc",
    databaseSchema: schema,
    storedProcedureCode: { language: "SQL", code: "begin end" },
    storedProcedureType: "Function",
    ...std,
  });
  await put(catalog, "query", {
    query: "select * from t",
    service,
    duration: 1.5,
    dialect: "mysql",
    users: ["bea.b"],
    usedBy: ["nobody"],
    queryDate: 1_700_000_000_000,
    queryUsedIn: [ref("table", table)],
    triggeredBy: ref("table", table),
  });
  await put(catalog, "testDefinition", {
    name: "ownTest",
    description,
    entityType: "TABLE",
    testPlatforms: ["dbt"],
    parameterDefinition: [
      { name: "must", dataType: "INT", required: true },
      { name: "may", dataType: "STRING" },
    ],
  });
  await put(catalog, "testCase", {
    name: "rows",
    testDefinition: "ownTest",
    entityLink: entityLink("table", table.fullyQualifiedName),
    parameterValues: [{ name: "must", value: "1" }],
    description,
  });
  await put(catalog, "testCase", {
    name: "ids",
    testDefinition: "ownTest",
    entityLink: entityLink("table", table.fullyQualifiedName, "columns", "id"),
    parameterValues: [{ name: "must", value: "1" }],
    computePassedFailedRowCount: true,
  });
  await put(catalog, "testSuite", { name: "nightly", description });
  const steps = [{ name: "CheckAccess", description, mandatory: true }];
  await put(catalog, "testConnectionDefinition", { name: "Own", description, steps });
}

/** One or more of each entity type that is about more than databases and pipelines; answers the schema that its tables are in. */
export async function addAllTypes(catalog: Catalog): Promise<FQN> {
  const governance = await addGovernance(catalog);
  await catalog.put("classification", { name: "Kind", description: "words", provider: "user" });
  await catalog.put("tag", { name: "A", description: "words", classification: "Kind", style: { color: "#ff0000" } });
  const term = { tagFQN: "Words.Order", source: "Glossary", labelType: "Manual", state: "Confirmed" } as const;
  const std = { ...governance, tags: [label("Kind.A"), term], description: "words", sourceHash: "h" };
  const schema = await addSchema(catalog, service);
  await addAssets(catalog, std);
  await addDrive(catalog, std);
  await addAroundTables(catalog, schema, std);
  return schema;
}
