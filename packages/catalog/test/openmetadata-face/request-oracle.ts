import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { entityTypes, type EntityType } from "@omd/schema";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** Says what is wrong with a request, by OpenMetadata's own schemas. */
export interface RequestOracle {
  /** Findings; empty when the request is sound. `path` may have the `/api/v1` prefix and a query. */
  check(method: string, path: string, body: unknown): string[];
}

/** The schema file of each create request; the specification has none for the two that are left out. */
const createSchemas: Record<Exclude<EntityType, "policy" | "testConnectionDefinition">, string> = {
  databaseService: "api/services/createDatabaseService.json",
  pipelineService: "api/services/createPipelineService.json",
  messagingService: "api/services/createMessagingService.json",
  storageService: "api/services/createStorageService.json",
  dashboardService: "api/services/createDashboardService.json",
  mlmodelService: "api/services/createMlModelService.json",
  searchService: "api/services/createSearchService.json",
  apiService: "api/services/createApiService.json",
  metadataService: "api/services/createMetadataService.json",
  driveService: "api/services/createDriveService.json",
  directory: "api/data/createDirectory.json",
  file: "api/data/createFile.json",
  spreadsheet: "api/data/createSpreadsheet.json",
  worksheet: "api/data/createWorksheet.json",
  storedProcedure: "api/data/createStoredProcedure.json",
  query: "api/data/createQuery.json",
  chart: "api/data/createChart.json",
  dashboardDataModel: "api/data/createDashboardDataModel.json",
  dashboard: "api/data/createDashboard.json",
  mlmodel: "api/data/createMlModel.json",
  searchIndex: "api/data/createSearchIndex.json",
  apiCollection: "api/data/createAPICollection.json",
  apiEndpoint: "api/data/createAPIEndpoint.json",
  metric: "api/data/createMetric.json",
  glossary: "api/data/createGlossary.json",
  glossaryTerm: "api/data/createGlossaryTerm.json",
  domain: "api/domains/createDomain.json",
  dataProduct: "api/domains/createDataProduct.json",
  role: "api/teams/createRole.json",
  testDefinition: "api/tests/createTestDefinition.json",
  testSuite: "api/tests/createTestSuite.json",
  testCase: "api/tests/createTestCase.json",
  database: "api/data/createDatabase.json",
  databaseSchema: "api/data/createDatabaseSchema.json",
  table: "api/data/createTable.json",
  pipeline: "api/data/createPipeline.json",
  topic: "api/data/createTopic.json",
  container: "api/data/createContainer.json",
  classification: "api/classification/createClassification.json",
  tag: "api/classification/createTag.json",
  user: "api/teams/createUser.json",
  team: "api/teams/createTeam.json",
  ingestionPipeline: "api/services/ingestionPipelines/createIngestionPipeline.json",
};

interface Expected {
  /** Schema file; `patch` is RFC 6902's form, `text` a text, `none` no body at all. */
  readonly schema: string;
  readonly list?: boolean | undefined;
}

const rules: readonly (readonly [method: string, path: RegExp, expected: Expected])[] = [
  ["PUT", /^lineage$/, { schema: "api/lineage/addLineage.json" }],
  ["PUT", /^pipelines\/[^/]+\/status$/, { schema: "standalone/pipeline__PipelineStatus.json" }],
  ["PUT", /^pipelines\/[^/]+\/status\/bulk$/, { schema: "standalone/pipeline__PipelineStatus.json", list: true }],
  [
    "PUT",
    /^services\/ingestionPipelines\/[^/]+\/pipelineStatus$/,
    { schema: "standalone/ingestionPipeline__PipelineStatus.json" },
  ],
  ["PUT", /^usage\/[^/]+\/[^/]+$/, { schema: "standalone/usageRequest__UsageRequest.json" }],
  ["POST", /^usage\/[^/]+\/[^/]+$/, { schema: "standalone/usageRequest__UsageRequest.json" }],
  ["POST", /^usage\/compute\.percentile\/[^/]+\/[^/]+$/, { schema: "none" }],
  ["PUT", /^tables\/[^/]+\/tableProfile$/, { schema: "api/data/createTableProfile.json" }],
  ["PUT", /^tables\/[^/]+\/sampleData$/, { schema: "standalone/table__TableData.json" }],
  ["PUT", /^tables\/[^/]+\/dataModel$/, { schema: "standalone/table__DataModel.json" }],
  ["PUT", /^tables\/[^/]+\/joins$/, { schema: "standalone/table__TableJoins.json" }],
  ["PUT", /^dataQuality\/testDefinitions$/, { schema: "api/tests/createTestDefinition.json" }],
  ["PUT", /^dataQuality\/testSuites(\/(?:basic|executable))?$/, { schema: "api/tests/createTestSuite.json" }],
  ["PUT", /^dataQuality\/testCases\/[^/]+\/inspectionQuery$/, { schema: "text" }],
  ["PUT", /^dataQuality\/testCases$/, { schema: "api/tests/createTestCase.json" }],
  ["POST", /^dataQuality\/testCases\/testCaseResults\/[^/]+$/, { schema: "api/tests/createTestCaseResult.json" }],
  ["PUT", /^queries$/, { schema: "api/data/createQuery.json" }],
  ["PATCH", /./, { schema: "patch" }],
  ["GET", /./, { schema: "none" }],
  ["DELETE", /./, { schema: "none" }],
  ...Object.entries(createSchemas).flatMap(([type, schema]): (readonly [string, RegExp, Expected])[] => {
    const { collection } = entityTypes[type as EntityType];
    return [
      ["PUT", new RegExp(`^${collection}$`), { schema }],
      ["POST", new RegExp(`^${collection}$`), { schema }],
      ["PUT", new RegExp(`^${collection}/bulk$`), { schema, list: true }],
      ["PUT", new RegExp(`^${collection}/restore$`), { schema: "api/data/restoreEntity.json" }],
    ];
  }),
];

const patchOperations = new Set(["add", "replace", "remove", "move", "copy", "test"]);

/** Findings for a JSON Patch (RFC 6902 §3-4). */
function checkPatch(body: unknown): string[] {
  if (!Array.isArray(body)) return ["a JSON Patch is a list"];
  return body.flatMap((operation: unknown, at) => {
    if (typeof operation !== "object" || operation === null) return [`/${String(at)} is no operation`];
    const { op, path, from, value, ...more } = operation as Record<string, unknown>;
    const found: string[] = [];
    if (typeof op !== "string" || !patchOperations.has(op)) found.push(`/${String(at)}/op is no operation`);
    if (typeof path !== "string" || (path !== "" && !path.startsWith("/")))
      found.push(`/${String(at)}/path is no pointer`);
    if (["add", "replace", "test"].includes(String(op)) && value === undefined)
      found.push(`/${String(at)} lacks value`);
    if (["move", "copy"].includes(String(op)) && typeof from !== "string") found.push(`/${String(at)} lacks from`);
    for (const key of Object.keys(more)) found.push(`/${String(at)}/${key} is unknown`);
    return found;
  });
}

/** Pointers of nulls: the schemas that were generated from a client allow them, the server's own do not. */
function nulls(value: unknown, path = ""): string[] {
  if (value === null) return [`${path === "" ? "/" : path} is null`];
  if (typeof value !== "object") return [];
  return Object.entries(value ?? {}).flatMap(([key, member]) => nulls(member, `${path}/${key}`));
}

/** Schemas that were generated from Python write its flag `(?u)` before patterns; JavaScript takes it as an option. */
const readSchema = (file: string): object =>
  JSON.parse(readFileSync(file, "utf8"), (key, value: unknown) =>
    key === "pattern" && typeof value === "string" ? value.replace(/^\(\?u\)/, "") : value,
  ) as object;

/** Reads schemas from a directory laid out as OpenMetadata's own. Throws when it is none. */
export function createRequestOracle(dir: string): RequestOracle {
  if (!existsSync(join(dir, createSchemas.pipeline)))
    throw new Error(`${dir} holds no OpenMetadata schemas: ${createSchemas.pipeline} is missing`);
  const ajv = new Ajv2020({ strict: false, allErrors: true, discriminator: false });
  addFormats.default(ajv);
  ajv.addFormat("password", true);
  const compiled = new Map<string, ValidateFunction>();
  const validator = (file: string): ValidateFunction => {
    let validate = compiled.get(file);
    if (validate === undefined) {
      validate = ajv.compile(readSchema(join(dir, file)));
      compiled.set(file, validate);
    }
    return validate;
  };
  const findings = (file: string, value: unknown, at: string): string[] => {
    const validate = validator(file);
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => {
      const extra = error.keyword === "additionalProperties" ? ` (${JSON.stringify(error.params)})` : "";
      return `${at}${error.instancePath || "/"} ${error.message ?? error.keyword}${extra}`;
    });
  };
  return {
    check: (method, path, body) => {
      const bare = (path.split("?")[0] ?? "").replace(/^(?:\/api)?\/v1\//, "").replace(/^\//, "");
      const expected = rules.find(([verb, pattern]) => verb === method && pattern.test(bare))?.[2];
      if (expected === undefined) return [`no schema is known for ${method} ${bare}`];
      const found = expected.schema === "patch" ? checkPatch(body) : bodyFindings(expected, body, findings);
      return found.map((finding) => `${method} ${bare}: ${finding}`);
    },
  };
}

function bodyFindings(
  { schema, list }: Expected,
  body: unknown,
  findings: (file: string, value: unknown, at: string) => string[],
): string[] {
  if (schema === "none") return body === undefined ? [] : ["a body where none belongs"];
  if (schema === "text") return typeof body === "string" && body !== "" ? [] : ["must be a text"];
  if (list !== true) return [...findings(schema, body, ""), ...nulls(body)];
  if (!Array.isArray(body)) return ["must be a list"];
  return [...body.flatMap((item: unknown, at) => findings(schema, item, `/${String(at)}`)), ...nulls(body)];
}
