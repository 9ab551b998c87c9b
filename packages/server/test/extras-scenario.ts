import type { TestApp } from "./test-app.ts";

export interface Exchange {
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Epoch ms. */
export const when = 1_775_044_800_000;
export const tableFqn = '"my.svc".shop.main."odd/ta.ble%2F"';
const range = `startTs=0&endTs=${String(when * 2)}`;
const columns = [
  { name: "id", dataType: "INT" },
  { name: "more", dataType: "STRUCT", children: [{ name: "city", dataType: "STRING" }] },
];

/** Makes calls one after another and keeps what was answered. */
export class Scenario {
  readonly exchanges: Exchange[] = [];
  readonly #server: TestApp;

  constructor(server: TestApp) {
    this.#server = server;
  }

  async call(method: Exchange["method"], path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.#server.call(method, path, body);
    this.exchanges.push({ method, path, status: answer.status, body: answer.body });
    return answer.body;
  }

  async id(path: string, body: unknown): Promise<string> {
    return String((await this.#server.call("PUT", path, body)).body["id"]);
  }

  /** As clients send SQL and logs: no JSON, whatever they call it. */
  async raw(method: "PUT" | "POST", path: string, payload: string): Promise<void> {
    const answer = await this.#server.app.inject({
      method,
      url: `/api/v1${path}`,
      payload,
      headers: { "content-type": "application/json" },
    });
    this.exchanges.push({ method, path, status: answer.statusCode, body: answer.json() });
  }
}

/** Ids of what the scenario works on. */
interface Subjects {
  readonly schema: string;
  readonly database: string;
  readonly table: string;
  readonly pipeline: string;
  readonly topic: string;
  readonly index: string;
  readonly query: string;
  readonly testCase: string;
}

const testCaseFqn = `${tableFqn}.id.unique`;

async function subjects(scenario: Scenario): Promise<Subjects> {
  const { id } = { id: scenario.id.bind(scenario) };
  await id("/services/databaseServices", { name: "my.svc", serviceType: "Mysql" });
  await id("/services/pipelineServices", { name: "pipes", serviceType: "Airflow" });
  await id("/services/messagingServices", { name: "kafka", serviceType: "Kafka" });
  await id("/services/searchServices", { name: "elastic", serviceType: "ElasticSearch" });
  await id("/users", { name: "ann", email: "ann@example.com" });
  await id("/dataQuality/testDefinitions", { name: "isUnique", entityType: "COLUMN", testPlatforms: ["dbt"] });
  const database = await id("/databases", { name: "shop", service: "my.svc" });
  const schema = await id("/databaseSchemas", { name: "main", database: '"my.svc".shop' });
  return {
    database,
    schema,
    table: await id("/tables", { name: "odd/ta.ble%2F", databaseSchema: '"my.svc".shop.main', columns }),
    pipeline: await id("/pipelines", { name: "a/b", service: "pipes" }),
    topic: await id("/topics", { name: "t", service: "kafka", partitions: 1 }),
    index: await id("/searchIndexes", { name: "i", service: "elastic", fields: [] }),
    query: await id("/queries", { query: "select 1", service: "my.svc" }),
    testCase: await id("/dataQuality/testCases", {
      name: "unique",
      testDefinition: "isUnique",
      entityLink: `<#E::table::${tableFqn}::columns::id>`,
    }),
  };
}

async function profiles(scenario: Scenario, { table, database, schema }: Subjects): Promise<void> {
  const fqn = encodeURIComponent(tableFqn);
  const statistics = {
    valuesCount: 3,
    min: 1,
    max: "z",
    mean: 1.5,
    histogram: { boundaries: ["1"], frequencies: [3] },
  };
  await scenario.call("PUT", `/tables/${table}/tableProfile`, {
    tableProfile: { timestamp: when, rowCount: 3, createDateTime: "2026-04-01T10:00:00Z", sizeInByte: null },
    columnProfile: [
      { name: "id", timestamp: when + 1, ...statistics },
      { name: "more.city", timestamp: when + 1, nullCount: 1 },
    ],
    systemProfile: [{ timestamp: when, operation: "INSERT", rowsAffected: 3 }],
  });
  await scenario.call("GET", `/tables/${fqn}/tableProfile/latest`);
  await scenario.call("GET", `/tables/${fqn}/tableProfile?${range}`);
  await scenario.call("GET", `/tables/${fqn}/systemProfile?${range}&limit=1`);
  await scenario.call("GET", `/tables/${encodeURIComponent(`${tableFqn}.more.city`)}/columnProfile?${range}`);
  await scenario.call("GET", `/entity/profiles/table?${range}&limit=2`);
  await scenario.call("GET", `/entity/profiles/topic?${range}&profileType=table`);
  await scenario.call("PUT", `/tables/${table}/tableProfilerConfig`, { profileSample: 5, excludeColumns: ["id"] });
  await scenario.call("GET", `/tables/${table}/tableProfilerConfig`);
  await scenario.call("DELETE", `/tables/${table}/tableProfilerConfig`);
  const config = { profileSample: 5, sampleDataStorageConfig: { config: {} } };
  await scenario.call("PUT", `/databases/${database}/databaseProfilerConfig`, config);
  await scenario.call("PUT", `/databaseSchemas/${schema}/databaseSchemaProfilerConfig`, config);
}

async function tableExtras(scenario: Scenario, { table, topic, index, pipeline }: Subjects): Promise<void> {
  await scenario.call("PUT", `/tables/${table}/sampleData`, { columns: ["id"], rows: [[1], [null]] });
  await scenario.call("GET", `/tables/${table}/sampleData`);
  await scenario.call("PUT", `/topics/${topic}/sampleData`, { messages: ["{}"] });
  await scenario.call("PUT", `/searchIndexes/${index}/sampleData`, { messages: ["{}"] });
  await scenario.call("PUT", `/tables/${table}/dataModel`, {
    modelType: "DBT",
    resourceType: "model",
    sql: "select 1",
    upstream: ["a.b"],
    columns: [{ name: "id", dataType: "VARCHAR", dataLength: 1, description: "key" }],
    generatedAt: "2026-04-01T10:00:00Z",
  });
  const joined = [{ fullyQualifiedName: "a.b.c.d.id", joinCount: 2 }];
  await scenario.call("PUT", `/tables/${table}/joins`, {
    startDate: "2026-04-01",
    dayCount: 1,
    columnJoins: [{ columnName: "id", joinedWith: joined }],
    directTableJoins: joined,
  });
  await scenario.call("PUT", `/tables/${table}/customMetric`, { name: "m", expression: "select 1" });
  await scenario.call("PUT", `/tables/${table}/customMetric`, { name: "m", expression: "1", columnName: "more.city" });
  const run = { pipeline: { id: pipeline, type: "pipeline" }, lastRunStatus: "Successful", lastRunTime: when };
  await scenario.call("PUT", `/tables/${table}/pipelineObservability`, [{ ...run, startTime: null }]);
  await scenario.call("PUT", `/tables/${table}/pipelineObservability/pipes.a/b`, run);
  await scenario.call("PUT", `/tables/${table}/customMetric`, { name: "gone", expression: "1", columnName: "id" });
  await scenario.call("DELETE", `/tables/${table}/customMetric/id/gone`);
  await scenario.call("DELETE", `/topics/${topic}/sampleData`);
  await scenario.call("GET", `/tables/name/${encodeURIComponent(tableFqn)}/columns?limit=1&offset=1`);
  await scenario.call("GET", `/tables/${table}/columns`);
}

async function usage(scenario: Scenario, { table, query }: Subjects): Promise<void> {
  await scenario.call("POST", `/usage/table/${table}`, { date: "2026-04-01", count: 5 });
  await scenario.call("PUT", `/usage/table/${table}`, { date: "2026-04-01", count: 2 });
  await scenario.call("PUT", `/usage/table/name/${encodeURIComponent(tableFqn)}`, { date: "2026-03-30", count: 1 });
  await scenario.call("POST", "/usage/compute.percentile/table/2026-04-01");
  await scenario.call("GET", `/usage/table/${table}?date=2026-04-01&days=30`);
  await scenario.call("GET", `/usage/table/name/${encodeURIComponent(tableFqn)}?date=2026-04-01`);
  await scenario.call("PUT", `/queries/${query}/usage`, [{ id: table, type: "table" }]);
  await scenario.call("PUT", `/queries/${query}/users`, ["ann"]);
  await scenario.call("PUT", `/queries/${query}/usedBy`, ["etl"]);
  await scenario.call("GET", `/queries?entityId=${table}&fields=users`);
  const cost = { timestamp: when, jsonSchema: "queryCostRecord", queryReference: { id: query, type: "query" } };
  await scenario.call("POST", "/queryCostRecord", { ...cost, cost: 1, count: 1, totalDuration: 2 });
  await scenario.call("POST", "/queryCostRecord", { ...cost, cost: 1, count: 1 });
  const { fullyQualifiedName } = await scenario.call("GET", `/queries/${query}?fields=*`);
  await scenario.call("GET", `/queryCostRecord/${encodeURIComponent(String(fullyQualifiedName))}`);
  await scenario.call("DELETE", `/queries/${query}/usage`, [{ id: table, type: "table" }]);
}

async function tests(scenario: Scenario, { table, testCase }: Subjects): Promise<void> {
  const cases = "/dataQuality/testCases";
  const fqn = encodeURIComponent(testCaseFqn);
  const result = { testCaseStatus: "Failed", result: "no", testResultValue: [{ name: "n", value: "2" }] };
  await scenario.call("POST", `${cases}/testCaseResults/${fqn}`, { ...result, timestamp: when, sampleData: null });
  await scenario.call("PUT", `${cases}/${fqn}/testCaseResult`, { ...result, timestamp: when + 1, passedRows: 1 });
  await scenario.call("GET", `${cases}/testCaseResults/${fqn}?${range}&limit=1`);
  await scenario.call("GET", `${cases}/${fqn}/testCaseResult`);
  const status = { testCaseReference: testCaseFqn, testCaseResolutionStatusType: "Ack", severity: "Severity2" };
  const state = await scenario.call("POST", `${cases}/testCaseIncidentStatus`, status);
  await scenario.call("GET", `${cases}/testCaseIncidentStatus?testCaseFQN=${fqn}&limit=1`);
  await scenario.call("GET", `${cases}/testCaseIncidentStatus/stateId/${String(state["stateId"])}`);
  await scenario.call("PUT", `${cases}/${testCase}/failedRowsSample`, { columns: ["id"], rows: [[1]] });
  await scenario.call("GET", `${cases}/${testCase}/failedRowsSample`);
  await scenario.raw("PUT", `${cases}/${testCase}/inspectionQuery`, "select 'x' from t");
  await scenario.call("GET", `${cases}/${testCase}?fields=*`);
  const suite = await scenario.id("/dataQuality/testSuites", { name: "nightly" });
  await scenario.call("PUT", `${cases}/logicalTestCases`, { testSuiteId: suite, testCaseIds: [testCase] });
  await scenario.call("GET", `${cases}?testSuiteId=${suite}&fields=testSuites`);
  await scenario.call("GET", `/dataQuality/testSuites/${suite}?fields=*`);
  await scenario.call("PUT", "/dataQuality/testSuites/executable", {
    name: `${tableFqn}.testSuite`,
    executableEntityReference: tableFqn,
  });
  await scenario.call("GET", `/tables/${table}?fields=*`);
  await scenario.call("DELETE", `${cases}/${testCase}/failedRowsSample`);
  await scenario.call("DELETE", `${cases}/logicalTestCases/${suite}/${testCase}`);
  await scenario.call("DELETE", `${cases}/testCaseResults/${fqn}/${String(when)}`);
}

async function settings(scenario: Scenario): Promise<void> {
  await scenario.call("GET", "/system/settings/profilerConfiguration");
  const table = await scenario.call("GET", "/metadata/types/name/table?fields=customProperties");
  const text = await scenario.call("GET", "/metadata/types/name/string?category=field");
  await scenario.call("PUT", `/metadata/types/${String(table["id"])}`, {
    name: "cost",
    description: "d",
    propertyType: { id: text["id"], type: "type" },
  });
  await scenario.call("GET", "/metadata/types?category=entity");
  const workflow = await scenario.call("POST", "/automations/workflows", {
    name: "w",
    workflowType: "TEST_CONNECTION",
    request: { serviceType: "Database", connection: { config: { type: "Mysql", username: "u", hostPort: "h:1" } } },
  });
  await scenario.call("PATCH", `/automations/workflows/${String(workflow["id"])}`, [
    { op: "replace", path: "/status", value: "Successful" },
    { op: "add", path: "/response", value: { status: "Successful", steps: [] } },
  ]);
  await scenario.call("GET", "/automations/workflows/name/w");
  await scenario.call("DELETE", `/automations/workflows/${String(workflow["id"])}`);
}

async function ingestionRuns(scenario: Scenario): Promise<void> {
  const service = (await scenario.call("GET", "/services/pipelineServices/name/pipes"))["id"];
  await scenario.id("/services/ingestionPipelines", {
    name: "in",
    pipelineType: "metadata",
    sourceConfig: { config: { type: "PipelineMetadata" } },
    airflowConfig: {},
    service: { id: service, type: "pipelineService", fullyQualifiedName: "pipes" },
  });
  const path = "/services/ingestionPipelines";
  const runId = "5d7c3f0e-0000-4000-8000-000000000001";
  await scenario.call("GET", `${path}/pipes.in/pipelineStatus/${runId}`);
  await scenario.call("PUT", `${path}/pipes.in/pipelineStatus`, {
    runId,
    pipelineState: "success",
    startDate: when,
    timestamp: when,
    endDate: null,
    config: {},
    status: [{ name: "SQLite", records: 6, updated_records: 0, warnings: 0, errors: 0, filtered: 0 }],
  });
  await scenario.call("GET", `${path}/pipes.in/pipelineStatus/${runId}`);
  await scenario.call("GET", `${path}/pipes.in/pipelineStatus?${range}`);
  await scenario.call("GET", `${path}/name/pipes.in?fields=*`);
  await scenario.raw("POST", `${path}/logs/pipes.in/${runId}`, "a line\nand more");
  await scenario.raw("POST", `${path}/logs/pipes.in/${runId}/close`, "");
}

async function connectionTests(scenario: Scenario): Promise<void> {
  const { id } = await scenario.call("GET", "/services/databaseServices/name/my.svc");
  await scenario.call("PUT", `/services/databaseServices/${String(id)}/testConnectionResult`, {
    status: "Failed",
    lastUpdatedAt: when,
    steps: [
      { name: "CheckAccess", mandatory: true, passed: true, message: null },
      { name: "GetTables", mandatory: true, passed: false, errorLog: "mysql://me:canary@db refused" },
    ],
  });
  await scenario.call("GET", "/services/databaseServices/name/my.svc?fields=testConnectionResult");
}

/** Calls every route of what hangs on entities, as clients do; answers all exchanges in order. */
export async function playExtras(server: TestApp): Promise<readonly Exchange[]> {
  const scenario = new Scenario(server);
  const known = await subjects(scenario);
  await profiles(scenario, known);
  await tableExtras(scenario, known);
  await usage(scenario, known);
  await tests(scenario, known);
  await settings(scenario);
  await ingestionRuns(scenario);
  await connectionTests(scenario);
  return scenario.exchanges;
}
