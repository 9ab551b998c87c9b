import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { childFqn, type EntityType } from "@omd/schema";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "../src/embedded/embedded-catalog.ts";
import { addAllTypes } from "./all-types-fixture.ts";
import { addPipeline, addSchema, addTable, addTag, collect, id, label, mail, ref } from "./catalog-fixture.ts";

/** File of each entity's schema below the directory $OMD_OM_SCHEMAS. */
const files: Readonly<Record<EntityType, string>> = {
  databaseService: "entity/services/databaseService.json",
  pipelineService: "entity/services/pipelineService.json",
  messagingService: "entity/services/messagingService.json",
  storageService: "entity/services/storageService.json",
  dashboardService: "entity/services/dashboardService.json",
  mlmodelService: "entity/services/mlmodelService.json",
  searchService: "entity/services/searchService.json",
  apiService: "entity/services/apiService.json",
  metadataService: "entity/services/metadataService.json",
  driveService: "entity/services/driveService.json",
  directory: "entity/data/directory.json",
  file: "entity/data/file.json",
  spreadsheet: "entity/data/spreadsheet.json",
  worksheet: "entity/data/worksheet.json",
  storedProcedure: "entity/data/storedProcedure.json",
  query: "entity/data/query.json",
  chart: "entity/data/chart.json",
  dashboardDataModel: "entity/data/dashboardDataModel.json",
  dashboard: "entity/data/dashboard.json",
  mlmodel: "entity/data/mlmodel.json",
  searchIndex: "entity/data/searchIndex.json",
  apiCollection: "entity/data/apiCollection.json",
  apiEndpoint: "entity/data/apiEndpoint.json",
  metric: "entity/data/metric.json",
  glossary: "entity/data/glossary.json",
  glossaryTerm: "entity/data/glossaryTerm.json",
  domain: "entity/domains/domain.json",
  dataProduct: "entity/domains/dataProduct.json",
  role: "entity/teams/role.json",
  policy: "entity/policies/policy.json",
  testDefinition: "tests/testDefinition.json",
  testSuite: "tests/testSuite.json",
  testCase: "tests/testCase.json",
  testConnectionDefinition: "entity/services/connections/testConnectionDefinition.json",
  database: "entity/data/database.json",
  databaseSchema: "entity/data/databaseSchema.json",
  table: "entity/data/table.json",
  pipeline: "entity/data/pipeline.json",
  topic: "entity/data/topic.json",
  container: "entity/data/container.json",
  classification: "entity/classification/classification.json",
  tag: "entity/classification/tag.json",
  user: "entity/teams/user.json",
  team: "entity/teams/team.json",
  ingestionPipeline: "entity/services/ingestionPipelines/ingestionPipeline.json",
};

/** The schemas are exported from Python, whose inline flag for unicode JavaScript does not know. */
const pythonPattern = Object.assign(
  (pattern: string, flags: string) => new RegExp(pattern.replace(/^\(\?u\)/, ""), flags),
  {
    code: "new RegExp",
  },
);

function schemaOf(type: EntityType): ValidateFunction {
  const directory = process.env.OMD_OM_SCHEMAS;
  if (!directory) throw new Error("OMD_OM_SCHEMAS must name the directory of OpenMetadata's JSON Schemas");
  const schema = JSON.parse(readFileSync(join(directory, files[type]), "utf8")) as object;
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    logger: false,
    multipleOfPrecision: 3,
    code: { regExp: pythonPattern },
  });
  addFormats.default(ajv, ["uuid", "email", "date", "date-time"]);
  // An href is a path: whoever serves the catalog over HTTP puts the address in front.
  ajv.addFormat("uri", /^(?:\/api\/v1\/|[a-z][a-z0-9+.-]*:\/\/)\S+$/);
  return ajv.compile(schema);
}

/** One of each type, with as many fields as the requests have, changed once; and what every catalog has. */
async function fill(catalog: EmbeddedCatalog): Promise<void> {
  await catalog.seed(["Airflow"]);
  await addAllTypes(catalog);
  const tag = await addTag(catalog, "Cls", "Gold");
  await catalog.put("tag", { name: "Deep", description: "nested", parent: tag });
  const team = (await catalog.put("team", { name: "crew", teamType: "Group", displayName: "Crew" })).entity;
  const user = (await catalog.put("user", { name: "ann", email: "ann@example.com", teams: [team.id] })).entity;
  const owned = { owners: [ref("team", team), ref("user", user)], tags: [label(tag)], description: "words" };
  const schema = await addSchema(catalog, "my.db");
  const columns = [{ ...id, tags: [label(tag)] }, mail];
  const made = { created: { timestamp: 1_700_000_000_000 } };
  const table = {
    name: "t",
    databaseSchema: schema,
    columns,
    ...owned,
    tableType: "Regular" as const,
    lifeCycle: made,
  };
  await catalog.put("table", { ...table, sourceHash: "a" });
  await catalog.put("table", {
    ...table,
    columns: [id],
    sourceHash: "b",
    tableConstraints: [{ constraintType: "UNIQUE", columns: ["id"] }],
  });
  const gone = await addTable(catalog, schema, "gone");
  await catalog.delete("table", gone.id);
  const pipeline = await addPipeline(catalog, "pipes");
  await catalog.put("pipeline", {
    name: "daily",
    service: "pipes",
    tasks: [{ name: "load", taskType: "Bash", owners: owned.owners, tags: owned.tags }],
    ...owned,
    concurrency: 2,
    state: "Active",
    scheduleInterval: "@daily",
    startDate: "2026-01-01T00:00:00Z",
    sourceUrl: "http://localhost:8080/dags/daily",
  });
  await catalog.putPipelineStatuses(pipeline.fullyQualifiedName, [
    {
      timestamp: 1_700_000_000_000,
      executionStatus: "Failed",
      taskStatus: [{ name: "load", executionStatus: "Failed" }],
    },
  ]);
  await catalog.patch("pipeline", pipeline.id, [{ op: "add", path: "/displayName", value: "Daily" }]);
  await catalog.put("pipelineService", {
    name: "air",
    serviceType: "Airflow",
    connection: {
      config: {
        type: "Airflow",
        hostPort: "http://localhost:8080",
        connection: { type: "RestAPI", authConfig: { username: "a", password: "canary" } },
      },
    },
    ...owned,
  });
  const kafka = (await catalog.put("messagingService", { name: "kafka", serviceType: "Kafka" })).entity;
  await catalog.put("topic", {
    name: "orders",
    service: "kafka",
    partitions: 3,
    ...owned,
    messageSchema: { schemaType: "Avro", schemaText: "{}", schemaFields: [{ name: "id", dataType: "INT" }] },
  });
  await catalog.put("storageService", { name: "s3", serviceType: "S3" });
  const bucket = (await catalog.put("container", { name: "bucket", service: "s3", fullPath: "s3://bucket" })).entity;
  await catalog.put("container", {
    name: "raw",
    service: "s3",
    parent: ref("container", bucket),
    fileFormats: ["parquet"],
    dataModel: { isPartitioned: true, columns: [id, mail] },
    ...owned,
  });
  await catalog.put("ingestionPipeline", {
    name: "metadata",
    pipelineType: "metadata",
    sourceConfig: { config: { type: "MessagingMetadata" } },
    airflowConfig: {},
    service: ref("messagingService", kafka),
  });
}

function problems(validate: ValidateFunction, entity: CatalogEntity): unknown[] {
  // As it goes over the wire: without what is undefined.
  return validate(JSON.parse(JSON.stringify(entity))) ? [] : (validate.errors ?? []).slice(0, 5);
}

describe.each(Object.keys(files) as EntityType[])("%s of the embedded catalog", (type) => {
  test("satisfies OpenMetadata's schema with all fields and with none", async () => {
    const validate = schemaOf(type);
    const catalog = openEmbeddedCatalog({ file: ":memory:" });
    await fill(catalog);
    const entities: CatalogEntity[] = [];
    for (const fields of [["*"], []]) {
      entities.push(...(await collect(catalog.list(type, { include: "all", fields }))));
    }
    for (const entity of entities.slice()) entities.push(...(await catalog.versions(type, entity.id)));
    expect(entities.length).toBeGreaterThanOrEqual(3);
    for (const entity of entities)
      expect([entity.fullyQualifiedName, problems(validate, entity)]).toEqual([entity.fullyQualifiedName, []]);
    await catalog.close();
  });

  test("stays sound whatever a patch takes away or gives", async () => {
    const validate = schemaOf(type);
    const catalog = openEmbeddedCatalog({ file: ":memory:" });
    await fill(catalog);
    const entities = await collect(catalog.list(type));
    const { properties, required } = validate.schema as { properties: object; required: string[] };
    const values = [undefined, "x", 7, {}, [], [{}], [7]];
    for (const { id: entity } of entities.slice(0, 2)) {
      for (const field of Object.keys(properties))
        for (const value of values) {
          const path = `/${field}`;
          const operation = value === undefined ? { op: "remove" as const, path } : { op: "add" as const, path, value };
          const after = await catalog.patch(type, entity, [operation]).catch((error: unknown) => error as Error);
          if (after instanceof Error)
            expect([after.message, refused.has(statusOf(after))]).toEqual([after.message, true]);
          else expect([operation, problems(validate, after)]).toEqual([operation, []]);
        }
      const left = await catalog.getById(type, entity);
      expect(Object.keys(left ?? {})).toEqual(expect.arrayContaining(required));
    }
    await catalog.close();
  });
});

/** What a patch may name need not be there. */
const refused = new Set<unknown>([400, 404]);
const statusOf = (error: Error): unknown => ("status" in error ? error.status : undefined);

test("the oracle sees a field that no schema has", async () => {
  const validate = schemaOf("table");
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  const schema = await addSchema(catalog, "s");
  const table = await addTable(catalog, schema, "t");
  expect(table.fullyQualifiedName).toBe(childFqn(schema, "t"));
  expect(problems(validate, { ...table, internalId: 7 })).not.toEqual([]);
  await catalog.close();
});
