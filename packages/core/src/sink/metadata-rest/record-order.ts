import {
  entityTypeInfo,
  parentFqnOfRequest,
  parseEntityLink,
  requestFqn,
  splitFqn,
  type Column,
  type CreateRequest,
  type DataModel,
  type EntityKey,
  type EntityRecord,
  type EntitySet,
  type EntityUpdateRecord,
  type TagLabel,
} from "@omd/schema";

import { askedReferences } from "./asked-reference.ts";

/** Service, database, schema, table. */
const partsOfTable = 4;

/** What work on an entity is ordered by. */
export function orderKey(key: EntityKey): string {
  return `${key.entityType} ${key.fqn}`;
}

/** The entity that a record makes. */
export function entityOf({ entityType, request }: EntityRecord): EntityKey {
  return { entityType, fqn: requestFqn(entityType, request) };
}

/** What an entity must be written after: its parent and all that its request names. */
export function entityWaitsFor(record: EntityRecord): string[] {
  const { entityType, request } = record;
  const parent = parentFqnOfRequest(entityType, request);
  const { parent: kind, nests } = entityTypeInfo(entityType);
  const nearer = nests && (request as Readonly<Record<string, unknown>>)[nests.field];
  return [
    ...(parent === undefined ? [] : [`${kind?.type} ${parent}`]),
    ...(nests && typeof nearer === "string" ? [`${nests.type} ${nearer}`] : []),
    ...labelKeys("tags" in request ? request.tags : []),
    ...named("domain", "domains" in request ? request.domains : []),
    ...namedByType(record),
  ];
}

function namedByType({ entityType, request }: EntityRecord): string[] {
  switch (entityType) {
    case "table":
      return [
        ...request.columns.flatMap(columnKeys),
        ...modelKeys(request.dataModel),
        ...named("table", referredTables(request)),
      ];
    case "dashboard":
      return [...named("chart", request.charts), ...named("dashboardDataModel", request.dataModels)];
    case "mlmodel":
      return named("dashboard", request.dashboard === undefined ? [] : [request.dashboard]);
    case "metric":
      return named("metric", request.relatedMetrics);
    case "testSuite":
      return named("table", suiteTables(request));
    case "testCase": {
      const table = parseEntityLink(request.entityLink)?.fqn;
      return [
        ...named("testDefinition", [request.testDefinition]),
        ...(table === undefined ? [] : [`table ${table}`, `testSuite ${table}.testSuite`]),
      ];
    }
    case "pipeline":
      return (request.tasks ?? []).flatMap(({ tags }) => labelKeys(tags));
    default:
      return labelsWithin(Object.values({ ...request, tags: undefined }));
  }
}

/** Labels of what a request holds: columns of a container, fields of a topic's schema, features of a model. */
function labelsWithin(values: readonly unknown[]): string[] {
  return values.flatMap((value) => {
    if (typeof value !== "object" || value === null) return [];
    const { tagFQN, source } = value as Readonly<Record<string, unknown>>;
    if (typeof tagFQN === "string" && typeof source === "string") return labelKeys([value as TagLabel]);
    return labelsWithin(Object.values(value));
  });
}

/** Labels of a column and of those in it. */
function columnKeys({ tags, children = [] }: Column): string[] {
  return [...labelKeys(tags), ...children.flatMap(columnKeys)];
}

/** What the foreign keys of a table refer to. */
function referredTables({ tableConstraints = [] }: CreateRequest<"table">): string[] {
  const columns = tableConstraints.flatMap(({ referredColumns = [] }) => referredColumns);
  return [...new Set(columns.map((column) => splitFqn(column).slice(0, partsOfTable).join(".")))];
}

function modelKeys(model: Readonly<Record<string, unknown>> | undefined): string[] {
  return model === undefined ? [] : modelWaitsFor(model as unknown as DataModel);
}

function suiteTables(request: CreateRequest<"testSuite">): string[] {
  return [request.basicEntityReference, request.executableEntityReference].filter((table) => table !== undefined);
}

/** What an update must be written after, beside the entity itself. */
export function updateWaitsFor({ set }: EntityUpdateRecord): string[] {
  return [
    ...setLabels(set).flatMap((label) => labelKeys([label])),
    ...named("domain", set.domains),
    ...Object.values(set.extension ?? {})
      .flatMap(askedReferences)
      .flatMap(({ key }) => (key ? [orderKey(key)] : [])),
  ];
}

/** All labels of an update, those that it names by FQN too. */
export function setLabels(set: EntitySet): Pick<TagLabel, "source" | "tagFQN">[] {
  return [
    ...(set.tags ?? []),
    ...Object.values(set.columnTags ?? {}).flat(),
    ...(set.tier === undefined ? [] : [{ source: "Classification" as const, tagFQN: set.tier }]),
    ...(set.glossaryTerms ?? []).map((tagFQN) => ({ source: "Glossary" as const, tagFQN })),
  ];
}

/** What a data model must be written after, beside its table. */
export function modelWaitsFor(model: DataModel): string[] {
  return [model, ...(model.columns ?? [])].flatMap(({ tags }) => labelKeys(tags));
}

function labelKeys(labels: readonly Pick<TagLabel, "source" | "tagFQN">[] | undefined): string[] {
  return (labels ?? []).map(({ source, tagFQN }) => `${source === "Glossary" ? "glossaryTerm" : "tag"} ${tagFQN}`);
}

function named(type: string, fqns: readonly string[] | undefined): string[] {
  return (fqns ?? []).map((fqn) => `${type} ${fqn}`);
}
