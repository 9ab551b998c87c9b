import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { addLineage, entityTypes, ingestionRunStatus, pipelineStatus } from "../src/index.ts";

/**
 * Compares our request schemas with OpenMetadata's own JSON Schemas, exported from the models of `openmetadata-ingestion`
 * into the directory OMD_OM_SCHEMAS (same relative paths as in the specification).
 */
interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  additionalProperties?: boolean | Schema;
}

const oldest = "OMD_OM_SCHEMAS";
/** Schemas of a later release (2.0), compared too when given. */
const later = "OMD_OM_SCHEMAS_2";
const releases = process.env[later] ? [oldest, later] : [oldest];

const read = (release: string, path: string): Schema => {
  const directory = process.env[release];
  if (!directory) throw new Error(`${release} is not set: it names the directory of OpenMetadata's JSON Schemas`);
  return JSON.parse(readFileSync(join(directory, path), "utf8")) as Schema;
};

/** Values that only the later release knows: a server of the oldest one would refuse them. */
const laterValues: Record<string, readonly string[]> = {
  [later]: [
    "SemanticView",
    "ModeDataModel",
    "PowerBIDatamart",
    "SapS4HanaCdsView",
    "SsrsDataModel",
    "OmniDataModel",
    "SIMPLE",
    "CUMULATIVE",
    "DERIVED",
    "CONVERSION",
  ],
};

/** Follows references and takes the branches of a union that are not null. */
function branches(schema: Schema, root: Schema): Schema[] {
  if (schema.$ref === "#") return [root];
  if (schema.$ref) return branches(root.$defs?.[schema.$ref.replace("#/$defs/", "")] ?? {}, root);
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return union.flatMap((branch) => branches(branch, root)).filter((branch) => branch.type !== "null");
  return [schema];
}

const valuesOf = (schema: Schema): unknown[] => schema.enum ?? (schema.const === undefined ? [] : [schema.const]);

/** Enums where we only send some of the values, on purpose. */
const subsets = new Set(["ingestionPipeline.pipelineType"]);

/** Objects of which we require more than OpenMetadata does: without these members they would say nothing. */
const stricter: Record<string, readonly string[]> = {
  connection: ["config"],
  sourceConfig: ["config"],
  "tableConstraints[]": ["columns", "constraintType"],
  "columnsLineage[]": ["fromColumns", "toColumn"],
  ingestionRunStatus: ["pipelineState", "runId", "startDate", "timestamp"],
  "status[]": ["errors", "failures", "filtered", "records", "updated_records", "warnings"],
};

/** Walks both schemas together and lists what does not agree. */
function differences(
  path: string,
  ours: Schema,
  oursRoot: Schema,
  peer: Schema,
  peerRoot: Schema,
  depth = 0,
): string[] {
  if (depth > 12) return [];
  const [own] = branches(ours, oursRoot);
  const theirs = branches(peer, peerRoot);
  if (!own) return [`${path}: our schema is empty`];

  const ownValues = valuesOf(own);
  const theirValues = theirs.flatMap(valuesOf);
  if (ownValues.length > 0) {
    const unknown = ownValues.filter((value) => !theirValues.includes(value));
    const missing = subsets.has(path) ? [] : theirValues.filter((value) => !ownValues.includes(value));
    return [
      ...unknown.map((value) => `${path}: ${String(value)} is not in OpenMetadata's enum`),
      ...missing.map((value) => `${path}: ${String(value)} of OpenMetadata's enum is missing`),
    ];
  }
  if (own.items) {
    const items = theirs.find((branch) => branch.items)?.items;
    return items
      ? differences(`${path}[]`, own.items, oursRoot, items, peerRoot, depth + 1)
      : [`${path}: no list there`];
  }
  if (!own.properties) return sameKind(path, own, theirs);

  const object = theirs.find((branch) => branch.properties);
  // A model without named fields takes anything.
  if (!object?.properties) return theirs.some((branch) => branch.type === "object") ? [] : [`${path}: no object there`];
  const more = stricter[path.slice(path.lastIndexOf(".") + 1)] ?? [];
  const ownRequired = JSON.stringify((own.required ?? []).toSorted());
  const theirRequired = JSON.stringify([...(object.required ?? []), ...more].toSorted());
  return [
    ...(ownRequired === theirRequired ? [] : [`${path}: we require ${ownRequired}, OpenMetadata ${theirRequired}`]),
    ...Object.entries(own.properties).flatMap(([name, schema]) => {
      const counterpart = object.properties?.[name];
      return counterpart
        ? differences(`${path}.${name}`, schema, oursRoot, counterpart, peerRoot, depth + 1)
        : [`${path}.${name} does not exist there`];
    }),
  ];
}

function sameKind(path: string, own: Schema, theirs: Schema[]): string[] {
  const kinds = theirs.flatMap((branch) => branch.type ?? (branch.enum ? "string" : []));
  // An untyped schema takes anything; an integer is a number too.
  if (typeof own.type !== "string" || kinds.length === 0 || theirs.some((branch) => !branch.type && !branch.enum))
    return [];
  const accepted = kinds.includes(own.type) || (own.type === "integer" && kinds.includes("number"));
  return accepted ? [] : [`${path}: we send ${own.type}, OpenMetadata takes ${kinds.join(" or ")}`];
}

const compare = (name: string, ours: z.ZodType, peer: Schema): string[] => {
  const own = z.toJSONSchema(ours, { io: "input", unrepresentable: "any" }) as Schema;
  return differences(name, own, own, peer, peer);
};

/** The specification has no request for policies and for definitions of connection tests. */
const requests = {
  databaseService: ["api/services/createDatabaseService.json"],
  pipelineService: ["api/services/createPipelineService.json"],
  messagingService: ["api/services/createMessagingService.json"],
  storageService: ["api/services/createStorageService.json"],
  dashboardService: ["api/services/createDashboardService.json"],
  mlmodelService: ["api/services/createMlModelService.json"],
  searchService: ["api/services/createSearchService.json"],
  apiService: ["api/services/createApiService.json"],
  metadataService: ["api/services/createMetadataService.json"],
  driveService: ["api/services/createDriveService.json"],
  directory: ["api/data/createDirectory.json"],
  file: ["api/data/createFile.json"],
  spreadsheet: ["api/data/createSpreadsheet.json"],
  worksheet: ["api/data/createWorksheet.json"],
  storedProcedure: ["api/data/createStoredProcedure.json"],
  query: ["api/data/createQuery.json"],
  chart: ["api/data/createChart.json"],
  dashboardDataModel: ["api/data/createDashboardDataModel.json"],
  dashboard: ["api/data/createDashboard.json"],
  mlmodel: ["api/data/createMlModel.json"],
  searchIndex: ["api/data/createSearchIndex.json"],
  apiCollection: ["api/data/createAPICollection.json"],
  apiEndpoint: ["api/data/createAPIEndpoint.json"],
  metric: ["api/data/createMetric.json"],
  glossary: ["api/data/createGlossary.json"],
  glossaryTerm: ["api/data/createGlossaryTerm.json"],
  domain: ["api/domains/createDomain.json"],
  dataProduct: ["api/domains/createDataProduct.json"],
  role: ["api/teams/createRole.json"],
  testDefinition: ["api/tests/createTestDefinition.json"],
  testSuite: ["api/tests/createTestSuite.json"],
  testCase: ["api/tests/createTestCase.json"],
  database: ["api/data/createDatabase.json"],
  databaseSchema: ["api/data/createDatabaseSchema.json"],
  table: ["api/data/createTable.json"],
  pipeline: ["api/data/createPipeline.json"],
  topic: ["api/data/createTopic.json"],
  container: ["api/data/createContainer.json"],
  classification: ["api/classification/createClassification.json"],
  tag: ["api/classification/createTag.json"],
  user: ["api/teams/createUser.json"],
  team: ["api/teams/createTeam.json"],
  ingestionPipeline: ["api/services/ingestionPipelines/createIngestionPipeline.json"],
} as const satisfies Record<
  Exclude<keyof typeof entityTypes, "policy" | "testConnectionDefinition">,
  readonly [string]
>;

describe.each(releases)("our bodies against OpenMetadata's JSON Schemas in %s", (release) => {
  const tolerated = (difference: string) =>
    (laterValues[release] ?? []).some((value) => difference.endsWith(`: ${value} of OpenMetadata's enum is missing`));
  const against = (name: string, ours: z.ZodType, peer: Schema) =>
    compare(name, ours, peer).filter((difference) => !tolerated(difference));
  const definition = (path: string, name: string): Schema => {
    const file = read(release, path);
    const found = file.$defs?.[name];
    if (!found) throw new Error(`${path} has no definition ${name}`);
    return { ...found, $defs: file.$defs ?? {} };
  };

  test.each(Object.entries(requests))("%s", (type, [path]) => {
    const ours = entityTypes[type as keyof typeof entityTypes].request;
    expect(against(type, ours, read(release, path))).toEqual([]);
  });

  test("a lineage edge", () => {
    expect(against("addLineage", addLineage, read(release, "api/lineage/addLineage.json"))).toEqual([]);
  });

  test("the status of a pipeline", () => {
    const peer = definition("entity/data/pipeline.json", "PipelineStatus");
    expect(against("pipelineStatus", pipelineStatus, peer)).toEqual([]);
  });

  test("the status of an ingestion run", () => {
    const peer = definition("entity/services/ingestionPipelines/ingestionPipeline.json", "PipelineStatus");
    expect(against("ingestionRunStatus", ingestionRunStatus, peer)).toEqual([]);
  });
});

/** Fields that a client may send and that a strict object of ours, at any depth, does not have. */
function refusedFields(
  path: string,
  ours: Schema,
  oursRoot: Schema,
  peer: Schema,
  peerRoot: Schema,
  depth = 0,
): string[] {
  if (depth > 12) return [];
  const [own] = branches(ours, oursRoot);
  const theirs = branches(peer, peerRoot);
  if (own?.items) {
    const items = theirs.find((branch) => branch.items)?.items;
    return items ? refusedFields(`${path}[]`, own.items, oursRoot, items, peerRoot, depth + 1) : [];
  }
  if (!own?.properties || own.additionalProperties !== false) return [];
  const { properties } = own;
  return Object.entries(theirs.find((branch) => branch.properties)?.properties ?? {}).flatMap(([name, schema]) => {
    const counterpart = properties[name];
    return counterpart
      ? refusedFields(`${path}.${name}`, counterpart, oursRoot, schema, peerRoot, depth + 1)
      : [`${path}.${name}`];
  });
}

describe("what a client of the oldest release sends", () => {
  test.each(Object.entries(requests))("%s has no field that we refuse", (type, [path]) => {
    const ours = entityTypes[type as keyof typeof entityTypes].request;
    const own = z.toJSONSchema(ours, { io: "input", unrepresentable: "any" }) as Schema;
    const peer = read(oldest, path);
    expect(refusedFields(type, own, own, peer, peer)).toEqual([]);
  });

  test("would be found with a field that we do not have", () => {
    const own = z.toJSONSchema(z.strictObject({ a: z.array(z.strictObject({ b: z.string() })) })) as Schema;
    const peer: Schema = { properties: { a: { items: { properties: { b: {}, c: {} } } }, d: {} } };
    expect(refusedFields("t", own, own, peer, peer)).toEqual(["t.a[].c", "t.d"]);
  });
});

describe("the comparison itself", () => {
  const peer: Schema = {
    properties: { a: { type: "string" }, b: { anyOf: [{ enum: ["x", "y"] }, { type: "null" }] } },
    required: ["a"],
  };
  test.each<[string, z.ZodType, string]>([
    ["an unknown field", z.object({ a: z.string(), c: z.string().optional() }), "t.c does not exist there"],
    ["a field that we do not require", z.object({ a: z.string().optional() }), 't: we require [], OpenMetadata ["a"]'],
    [
      "an unknown value",
      z.object({ a: z.string(), b: z.enum(["x", "y", "z"]).optional() }),
      "t.b: z is not in OpenMetadata's enum",
    ],
    [
      "a missing value",
      z.object({ a: z.string(), b: z.enum(["x"]).optional() }),
      "t.b: y of OpenMetadata's enum is missing",
    ],
    ["another type", z.object({ a: z.number() }), "t.a: we send number, OpenMetadata takes string"],
  ])("sees %s", (_, ours, difference) => {
    expect(compare("t", ours, peer)).toEqual([difference]);
  });
});
