import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createHttpRuntime, type HttpRuntime } from "@omd/http";
import { fqnOf, type EntityReference, type EntityType } from "@omd/schema";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "../src/embedded/embedded-catalog.ts";
import { createRestCatalog } from "../src/rest/rest-catalog.ts";
import { startFace, type Face } from "./openmetadata-face/face.ts";
import { createRequestOracle } from "./openmetadata-face/request-oracle.ts";

/** Directory of OpenMetadata's JSON Schemas, laid out as in its specification. */
const schemas = process.env["OMD_OM_SCHEMAS"];

let store: EmbeddedCatalog;
let http: HttpRuntime;
let face: Face;
let catalog: ReturnType<typeof createRestCatalog>;
const findings: string[] = [];
const checked = new Set<string>();

beforeAll(async () => {
  if (schemas === undefined)
    throw new Error("OMD_OM_SCHEMAS is not set: it names the directory of OpenMetadata's JSON Schemas");
  const oracle = createRequestOracle(schemas);
  store = openEmbeddedCatalog({ file: ":memory:" });
  http = createHttpRuntime({});
  face = await startFace({
    store,
    onRequest: ({ method, path, body }) => {
      checked.add(`${method} ${path.replaceAll(/[0-9a-f-]{36}/g, "{id}")}`);
      findings.push(...oracle.check(method, path, body));
      return undefined;
    },
  });
  catalog = createRestCatalog({ hostPort: face.hostPort }, { http });
});
afterAll(async () => {
  await face.close();
  await http.close();
  await store.close();
});

const label = {
  tagFQN: "AirflowTags.daily",
  source: "Classification",
  labelType: "Automated",
  state: "Suggested",
} as const;
const hash = "0123456789abcdef0123456789abcdef";
const when = 1_700_000_000_000;

const put = async <T extends EntityType>(
  type: T,
  request: Parameters<typeof catalog.put<T>>[1],
): Promise<EntityReference> => {
  const { entity } = await catalog.put(type, request);
  return { id: entity.id, type, name: entity.name, fullyQualifiedName: entity.fullyQualifiedName };
};

const services = {
  databaseService: { serviceType: "Mysql", config: { type: "Mysql", username: "u", hostPort: "h:3306" } },
  pipelineService: {
    serviceType: "Airflow",
    config: { type: "Airflow", hostPort: "http://a:8080", connection: { type: "Backend" } },
  },
  messagingService: { serviceType: "Kafka", config: { type: "Kafka", bootstrapServers: "k:9092" } },
  storageService: { serviceType: "S3", config: { type: "S3", awsConfig: { awsRegion: "eu-west-1" } } },
} as const;

const columns = [
  { name: "id", dataType: "BIGINT", constraint: "PRIMARY_KEY" as const, ordinalPosition: 1 },
  { name: "name", dataType: "VARCHAR", dataLength: 20, description: "text", tags: [label] },
  { name: "more", dataType: "STRUCT", children: [{ name: "a", dataType: "ARRAY", arrayDataType: "INT" }] },
];

async function writeEverything(): Promise<void> {
  for (const [type, { serviceType, config }] of Object.entries(services))
    await put(type as keyof typeof services, { name: "my.svc", serviceType, connection: { config } });
  await put("classification", { name: "AirflowTags", description: "d", mutuallyExclusive: false });
  await put("tag", { name: "daily", description: "d", classification: "AirflowTags" });
  const ann = await put("user", { name: "ann", email: "ann@x.org", displayName: "Ann", isBot: false });
  await put("team", { name: "ops", teamType: "Group", email: "ops@x.org" });
  const owners = [{ id: ann.id, type: "user" }];
  const service = "my.svc";
  await catalog.putMany("database", [
    { name: "d.b", service, sourceHash: hash, owners },
    { name: "other", service, displayName: "Other" },
  ]);
  const database = '"my.svc"."d.b"';
  await catalog.putMany("databaseSchema", [
    { name: "s", database, tags: [label] },
    { name: "s2", database },
  ]);
  const databaseSchema = `${database}.s`;
  const tables = await catalog.putMany("table", [
    { name: "t", databaseSchema, columns, tableType: "Regular", tags: [label], owners, sourceHash: hash },
    {
      name: "u",
      databaseSchema,
      columns,
      tableType: "View",
      schemaDefinition: "select 1",
      tableConstraints: [{ constraintType: "UNIQUE", columns: ["name"] }],
    },
  ]);
  expect(tables.every((table) => table.ok)).toBe(true);
  await catalog.putMany("topic", [
    {
      name: "t1",
      service,
      partitions: 3,
      cleanupPolicies: ["delete"],
      messageSchema: { schemaText: "{}", schemaType: "JSON" },
    },
    { name: "t2", service, partitions: 1 },
  ]);
  await put("container", {
    name: "c",
    service,
    prefix: "/c",
    fileFormats: ["csv"],
    dataModel: { isPartitioned: false, columns },
  });
  await writePipeline(owners);
}

async function writePipeline(owners: EntityReference[]): Promise<void> {
  const pipeline = await put("pipeline", {
    name: "dag/one",
    service: "my.svc",
    displayName: "Dag",
    description: "d",
    sourceUrl: "http://a/dags/one",
    startDate: "2026-01-01T00:00:00Z",
    scheduleInterval: "@daily",
    concurrency: 3,
    state: "Active",
    tasks: [{ name: "a", downstreamTasks: ["b"], taskType: "PythonOperator", tags: [label] }, { name: "b" }],
    tags: [label],
    owners,
    sourceHash: hash,
  });
  const fqn = fqnOf("my.svc", "dag/one");
  const run = (timestamp: number) => ({
    timestamp,
    executionStatus: "Successful" as const,
    executionId: "r",
    endTime: timestamp + 1,
    taskStatus: [{ name: "a", executionStatus: "Failed" as const, startTime: timestamp, logLink: "http://l" }],
  });
  await catalog.putPipelineStatuses(fqn, [run(when)]);
  await catalog.putPipelineStatuses(fqn, [run(when), run(when + 1)]);
  await catalog.patch("pipeline", pipeline.id, [{ op: "add", path: "/description", value: "new" }]);
  await writeEdges(pipeline);
  const ingestion = {
    name: "meta",
    pipelineType: "metadata",
    sourceConfig: { config: { type: "PipelineMetadata" } },
    airflowConfig: {},
  } as const;
  const serviceEntity = await catalog.get("pipelineService", fqnOf("my.svc"));
  const owner = { id: serviceEntity?.id ?? "", type: "pipelineService", fullyQualifiedName: '"my.svc"' };
  await put("ingestionPipeline", { ...ingestion, service: owner });
  const step = { name: "Airflow", records: 1, updated_records: 0, warnings: 0, errors: 0, filtered: 0, failures: [] };
  const state = { runId: "5d7c3f0e-0000-4000-8000-000000000001", startDate: when, timestamp: when, status: [step] };
  await catalog.putIngestionRun(fqnOf("my.svc", "meta"), { ...state, pipelineState: "running" });
  await catalog.putIngestionRun(fqnOf("my.svc", "meta"), { ...state, pipelineState: "success", endDate: when + 5 });
  await catalog.delete("pipeline", pipeline.id);
  await catalog.restore("pipeline", pipeline.id);
}

async function writeEdges(pipeline: EntityReference): Promise<void> {
  const [from, to] = await Promise.all(
    ["t", "u"].map(async (name): Promise<EntityReference> => {
      const table = await catalog.get("table", fqnOf("my.svc", "d.b", "s", name));
      return { id: table?.id ?? "", type: "table", fullyQualifiedName: table?.fullyQualifiedName ?? "", name };
    }),
  );
  if (from === undefined || to === undefined) throw new Error("tables are missing");
  const column = (name: string) => ({
    fromColumns: [`${from.fullyQualifiedName ?? ""}.${name}`],
    toColumn: `${to.fullyQualifiedName ?? ""}.${name}`,
  });
  const details = { source: "PipelineLineage", sqlQuery: "select 1", description: "d", pipeline } as const;
  await catalog.putLineage({ from, to, details: { ...details, columnsLineage: [column("id")] } });
  await catalog.putLineage({ from, to, details: { ...details, columnsLineage: [column("name")] } });
  await catalog.neighbourhood(
    { entityType: "table", fqn: fqnOf("my.svc", "d.b", "s", "t") },
    { upstream: 1, downstream: 1 },
  );
  await catalog.deleteLineage(from, to, pipeline.id);
  await catalog.deleteLineageBySource("pipeline", pipeline.id, "PipelineLineage");
}

describe("what the client sends", () => {
  test("is sound by OpenMetadata's own schemas", async () => {
    await writeEverything();
    for await (const table of catalog.list("table", { fields: ["tags"], include: "all" }))
      expect(table.id).toBeDefined();
    await catalog.search("table", { pattern: "*.t" });
    await catalog.findOwner("nobody", { fuzzy: true });
    expect(findings).toEqual([]);
    expect([...checked]).toEqual(
      expect.arrayContaining([
        "PUT /services/databaseServices",
        "PUT /databases/bulk",
        "PUT /databaseSchemas/bulk",
        "PUT /tables/bulk",
        "PUT /topics/bulk",
        "PUT /containers",
        "PUT /pipelines",
        "PUT /pipelines/restore",
        "PATCH /pipelines/{id}",
        "DELETE /pipelines/{id}",
        "PUT /pipelines/%22my.svc%22.dag%2Fone/status",
        "PUT /pipelines/%22my.svc%22.dag%2Fone/status/bulk",
        "PUT /lineage",
        "PATCH /lineage/table/{id}/table/{id}",
        "PUT /services/ingestionPipelines",
        "PUT /services/ingestionPipelines/%22my.svc%22.meta/pipelineStatus",
      ]),
    );
  });

  test.each([
    ["PUT", "/api/v1/pipelines", { name: "p" }, /service/],
    ["PUT", "/v1/pipelines?x=1", { name: "p", service: "s", unknown: 1 }, /unknown/],
    ["PUT", "/pipelines", { name: "p", service: "s", description: null }, /is null/],
    [
      "PUT",
      "/tables/bulk",
      [{ name: "t", databaseSchema: "s", columns: [{ name: "c", dataType: "NOPE" }] }],
      /dataType/,
    ],
    ["PUT", "/tables/bulk", { name: "t" }, /must be a list/],
    ["PUT", "/lineage", { edge: { fromEntity: { id: "no uuid", type: "t" } } }, /uuid/],
    ["PUT", "/pipelines/a.b/status", { timestamp: 1, executionStatus: "Great" }, /executionStatus/],
    ["PATCH", "/pipelines/1", [{ op: "add", path: "description" }], /pointer/],
    ["GET", "/pipelines", {}, /body/],
    ["PUT", "/somewhere", {}, /no schema/],
  ])("%s %s %j would be found", (method, path, body, finding) => {
    const oracle = createRequestOracle(schemas ?? "");
    expect(oracle.check(method, path, body).join("\n")).toMatch(finding);
  });
});
