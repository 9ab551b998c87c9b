import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** Says what is wrong with an answer, by OpenMetadata's own schemas. */
export interface AnswerOracle {
  /** Findings; empty when the answer is sound. `path` is as sent, `/api/v1/…` without its query. */
  check(method: string, path: string, status: number, answer: unknown): string[];
}

/** Schema of the entities of each collection below `/api/v1/`. */
const collections: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["api", "dashboard", "database", "drive", "messaging", "metadata", "mlmodel", "pipeline", "search", "storage"].map(
      (kind) => [`services/${kind}Services`, `entity/services/${kind}Service.json`],
    ),
  ),
  "services/ingestionPipelines": "entity/services/ingestionPipelines/ingestionPipeline.json",
  "services/testConnectionDefinitions": "entity/services/connections/testConnectionDefinition.json",
  databases: "entity/data/database.json",
  databaseSchemas: "entity/data/databaseSchema.json",
  tables: "entity/data/table.json",
  storedProcedures: "entity/data/storedProcedure.json",
  queries: "entity/data/query.json",
  pipelines: "entity/data/pipeline.json",
  dashboards: "entity/data/dashboard.json",
  charts: "entity/data/chart.json",
  "dashboard/datamodels": "entity/data/dashboardDataModel.json",
  topics: "entity/data/topic.json",
  mlmodels: "entity/data/mlmodel.json",
  containers: "entity/data/container.json",
  searchIndexes: "entity/data/searchIndex.json",
  apiCollections: "entity/data/apiCollection.json",
  apiEndpoints: "entity/data/apiEndpoint.json",
  "drives/directories": "entity/data/directory.json",
  "drives/files": "entity/data/file.json",
  "drives/spreadsheets": "entity/data/spreadsheet.json",
  "drives/worksheets": "entity/data/worksheet.json",
  metrics: "entity/data/metric.json",
  glossaries: "entity/data/glossary.json",
  glossaryTerms: "entity/data/glossaryTerm.json",
  classifications: "entity/classification/classification.json",
  tags: "entity/classification/tag.json",
  users: "entity/teams/user.json",
  teams: "entity/teams/team.json",
  roles: "entity/teams/role.json",
  domains: "entity/domains/domain.json",
  dataProducts: "entity/domains/dataProduct.json",
  "dataQuality/testDefinitions": "tests/testDefinition.json",
  "dataQuality/testSuites": "tests/testSuite.json",
  "dataQuality/testCases": "tests/testCase.json",
  "metadata/types": "entity/type.json",
  queryCostRecord: "entity/data/queryCostRecord.json",
};

/** How an answer is read: against one schema; `list`: each of `data`; `hits`: as a search engine's; `any`: not looked at. */
type Shape =
  | { readonly one: string; readonly member?: string; readonly mayBeEmpty?: boolean }
  | { readonly list: string }
  | "hits"
  | "any";

const details = "standalone/entityLineage__LineageDetails.json";
/** Routes that answer otherwise than their collection does. Source: om-api §3-5. */
const special: readonly (readonly [path: RegExp, shape: Shape, method?: string])[] = [
  [/^system\/version$/, { one: "api/openMetadataServerVersion.json" }],
  [/^system\/settings\//, "any"],
  [/^search\/(?:fieldQuery|query)$/, "hits"],
  [/^lineage$/, "any"],
  [/^lineage\/getLineageEdge\//, { one: details, member: "edge" }],
  [/^lineage\/[^/]+\/[^/]+\/[^/]+\/[^/]+$/, { one: details }, "PATCH"],
  [/^lineage\/[^/]+\/(?:name\/)?[^/]+$/, { one: "type/entityLineage.json" }, "GET"],
  [/^lineage\//, "any", "DELETE"],
  [/^usage\/compute\.percentile\//, "any"],
  [/^usage\//, { one: "type/entityUsage.json" }],
  [/^(?:domains|dataProducts)\/[^/]+\/assets\/(?:add|remove)$/, { one: "type/bulkOperationResult.json" }],
  [/\/bulk$/, { one: "type/bulkOperationResult.json" }],
  [/^pipelines\/[^/]+\/status$/, { list: "standalone/pipeline__PipelineStatus.json" }, "GET"],
  [
    /^services\/ingestionPipelines\/[^/]+\/pipelineStatus\/[^/]+$/,
    { one: "standalone/ingestionPipeline__PipelineStatus.json", mayBeEmpty: true },
  ],
  [
    /^services\/ingestionPipelines\/[^/]+\/pipelineStatus$/,
    { list: "standalone/ingestionPipeline__PipelineStatus.json" },
    "GET",
  ],
  [
    /^services\/ingestionPipelines\/[^/]+\/pipelineStatus$/,
    { one: "standalone/ingestionPipeline__PipelineStatus.json" },
  ],
  [/^services\/ingestionPipelines\/logs\//, "any"],
  [/\/versions$/, { one: "standalone/entityHistory__EntityVersionHistory.json" }],
  [/^tables\/[^/]+\/tableProfile$/, { list: "standalone/table__TableProfile.json" }, "GET"],
  [/^tables\/[^/]+\/columnProfile$/, { list: "standalone/table__ColumnProfile.json" }, "GET"],
  [/^tables\/[^/]+\/systemProfile$/, { list: "standalone/table__SystemProfile.json" }, "GET"],
  [/^tables\/(?:name\/)?[^/]+\/columns$/, { list: "standalone/table__Column.json" }],
  [/^entity\/profiles\//, { list: "type/entityProfile.json" }],
  [/^dataQuality\/testCases\/logicalTestCases(?:\/|$)/, { one: "tests/testSuite.json" }],
  [/^dataQuality\/testCases\/testCaseIncidentStatus$/, { one: "tests/testCaseResolutionStatus.json" }, "POST"],
  [/^dataQuality\/testCases\/testCaseIncidentStatus(?:\/|$)/, { list: "tests/testCaseResolutionStatus.json" }, "GET"],
  [/^dataQuality\/testCases\/[^/]+\/failedRowsSample$/, { one: "standalone/table__TableData.json" }, "GET"],
  [/^dataQuality\/testCases\/[^/]+\/testCaseResult$/, { list: "standalone/basic__TestCaseResult.json" }, "GET"],
  [/^dataQuality\/testCases\/[^/]+\/testCaseResult$/, { one: "standalone/basic__TestCaseResult.json" }],
  [/^dataQuality\/testCases\/testCaseResults\/[^/]+\/[^/]+$/, { one: "standalone/basic__TestCaseResult.json" }],
  [/^queryCostRecord\/./, { list: "entity/data/queryCostRecord.json" }],
  [/^automations\/workflows(?:\/|$)/, { one: "entity/automations/workflow.json" }],
  [/^dataQuality\/testCases\/testCaseResults\/[^/]+$/, { one: "standalone/basic__TestCaseResult.json" }, "POST"],
  [/^dataQuality\/testCases\/testCaseResults\/[^/]+$/, { list: "standalone/basic__TestCaseResult.json" }, "GET"],
  [/^metadata\/types\//, { one: "entity/type.json" }],
];

/** The schema of what stands at a path, below `/api/v1/`. Undefined: no collection is known by that name. */
function shapeOf(method: string, path: string): Shape | undefined {
  for (const [pattern, shape, verb] of special)
    if (pattern.test(path) && (verb === undefined || verb === method)) return shape;
  const name = Object.keys(collections)
    .filter((known) => path === known || path.startsWith(`${known}/`))
    .sort((one, other) => other.length - one.length)[0];
  const one = name === undefined ? undefined : collections[name];
  if (one === undefined) return undefined;
  return path === name && method === "GET" ? { list: one } : { one };
}

/** The schemas are exported from Python, whose inline flag for unicode JavaScript does not know. */
const readSchema = (file: string): object =>
  JSON.parse(readFileSync(file, "utf8"), (key, value: unknown) =>
    key === "pattern" && typeof value === "string" ? value.replace(/^\(\?u\)/, "") : value,
  ) as object;

/** Pointers of nulls: OpenMetadata leaves out what it has no value for. The cells of sample rows are the source's own. */
function nulls(value: unknown, path = ""): string[] {
  if (value === null) return path.includes("/rows/") ? [] : [`${path} is null`];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, member]) => nulls(member, `${path}/${key}`));
}

function errorText(error: ErrorObject, at: string): string {
  const extra = error.keyword === "additionalProperties" ? ` ${JSON.stringify(error.params)}` : "";
  return `${at}${error.instancePath || "/"} ${error.message ?? error.keyword}${extra}`;
}

/** Findings for an answer that refuses: always `{code, message}`, nothing else. */
function refusalFindings(status: number, answer: unknown): string[] {
  const { code, message, ...more } = (answer ?? {}) as Record<string, unknown>;
  const found: string[] = [];
  if (code !== status) found.push(`/code is ${String(code)}, the status is ${String(status)}`);
  if (typeof message !== "string" || message === "") found.push("/message is missing");
  if (Object.keys(more).length > 0) found.push(`/ has ${Object.keys(more).join(", ")}`);
  return found;
}

interface Found {
  readonly data?: unknown;
  readonly paging?: { readonly total?: unknown };
  readonly hits?: { readonly total?: { readonly value?: unknown }; readonly hits?: readonly { _source?: unknown }[] };
}

/** Reads schemas from a directory laid out as OpenMetadata's own. Throws when it is none. */
export function createAnswerOracle(dir: string): AnswerOracle {
  if (!existsSync(join(dir, "entity/data/table.json"))) throw new Error(`${dir} holds no OpenMetadata schemas`);
  const ajv = new Ajv2020({ strict: false, allErrors: false, logger: false, multipleOfPrecision: 3 });
  addFormats.default(ajv, ["uuid", "email", "date", "date-time", "uri"]);
  ajv.addFormat("password", true);
  const compiled = new Map<string, ValidateFunction>();
  const findings = (file: string, value: unknown, at: string): string[] => {
    const validate = compiled.get(file) ?? ajv.compile(readSchema(join(dir, file)));
    compiled.set(file, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).slice(0, 5).map((error) => errorText(error, at));
  };
  const soundness = (shape: Shape, answer: unknown): string[] => {
    if (shape === "any") return [];
    const found = answer as Found | undefined;
    if (shape === "hits") {
      const hits = found?.hits?.hits;
      if (!Array.isArray(hits) || typeof found?.hits?.total?.value !== "number") return ["/hits is no search answer"];
      return hits.flatMap(({ _source: source }, at) =>
        typeof source === "object" && source !== null ? [] : [`/hits/hits/${String(at)} has no _source`],
      );
    }
    if ("list" in shape) {
      if (!Array.isArray(found?.data)) return ["/data is no list"];
      const total = typeof found.paging?.total === "number" ? [] : ["/paging/total is missing"];
      return [...total, ...found.data.flatMap((item, at) => findings(shape.list, item, `/data/${String(at)}`))];
    }
    if (answer === undefined) return shape.mayBeEmpty === true ? [] : ["the answer is empty"];
    const value = shape.member === undefined ? answer : (answer as Record<string, unknown>)[shape.member];
    return findings(shape.one, value, shape.member === undefined ? "" : `/${shape.member}`);
  };
  return {
    check: (method, path, status, answer) => {
      const bare = path.replace(/^\/api\/v1\//, "");
      const shape = shapeOf(method, bare);
      if (shape === undefined) return [`no schema is known for ${method} ${bare}`];
      const found = status >= 400 ? refusalFindings(status, answer) : soundness(shape, answer);
      const empty = answer !== undefined && shape !== "hits" ? nulls(answer) : [];
      return [...found, ...empty].map((finding) => `${method} ${bare} ${String(status)}: ${finding}`);
    },
  };
}
