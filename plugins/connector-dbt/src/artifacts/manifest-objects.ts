import { Fields, type Note, type Raw } from "./fields.ts";
import { metricWords } from "./older-metrics.ts";
import type {
  Exposure,
  FreshnessLimit,
  Group,
  ManifestColumn,
  ManifestNode,
  ManifestObject,
  ManifestSource,
  Metric,
  Owner,
  SavedQuery,
  SemanticModel,
  TestOfNode,
  UnitTest,
} from "./shapes.ts";

function objectOf(id: string, fields: Fields, config: Fields): ManifestObject {
  const meta = fields.object("meta");
  return {
    uniqueId: fields.text("unique_id") ?? id,
    name: fields.text("name") ?? id.split(".").at(-1) ?? id,
    resourceType: fields.text("resource_type") ?? id.split(".")[0] ?? "",
    packageName: fields.text("package_name"),
    path: fields.text("path"),
    originalFilePath: fields.text("original_file_path"),
    description: fields.text("description"),
    tags: [...new Set([...fields.texts("tags"), ...config.texts("tags")])],
    meta: Object.keys(meta).length > 0 ? meta : config.object("meta"),
    config: config.raw,
    fqn: fields.texts("fqn"),
    group: fields.text("group") ?? config.text("group"),
    dependsOn: fields.below("depends_on").texts("nodes"),
    raw: fields.raw,
  };
}

function columnsOf(fields: Fields, where: string, note: Note): ManifestColumn[] {
  return Object.entries(fields.object("columns")).flatMap(([key, raw]) => {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
      note(`${where}.columns: an entry that is no object is left out`);
      return [];
    }
    const column = new Fields(raw as Raw, `${where}.columns`, note);
    const config = column.below("config");
    const meta = column.object("meta");
    return {
      name: column.text("name") ?? key,
      description: column.text("description"),
      dataType: column.text("data_type"),
      tags: [...new Set([...column.texts("tags"), ...config.texts("tags")])],
      meta: Object.keys(meta).length > 0 ? meta : config.object("meta"),
      constraints: column.objects("constraints"),
      raw: column.raw,
    };
  });
}

function testOf(id: string, fields: Fields, config: Fields): TestOfNode | undefined {
  if (!id.startsWith("test.") && fields.raw["resource_type"] !== "test") return undefined;
  const metadata = fields.below("test_metadata");
  return {
    name: metadata.text("name"),
    namespace: metadata.text("namespace"),
    kwargs: metadata.object("kwargs"),
    columnName: fields.text("column_name"),
    attachedNode: fields.text("attached_node"),
    fileKeyName: fields.text("file_key_name"),
    severity: config.text("severity")?.toUpperCase(),
  };
}

export function nodeOf(id: string, raw: Raw, where: string, note: Note): ManifestNode {
  const fields = new Fields(raw, where, note);
  const config = fields.below("config");
  return {
    ...objectOf(id, fields, config),
    alias: fields.text("alias"),
    database: fields.text("database"),
    schema: fields.text("schema"),
    relationName: fields.text("relation_name"),
    materialized: config.text("materialized"),
    language: fields.text("language"),
    rawCode: fields.text("raw_code", "raw_sql"),
    compiledCode: fields.text("compiled_code", "compiled_sql"),
    rootPath: fields.text("root_path"),
    columns: columnsOf(fields, where, note),
    access: fields.text("access") ?? config.text("access"),
    contractEnforced: fields.below("contract").flag("enforced") ?? config.below("contract").flag("enforced") ?? false,
    version: fields.word("version"),
    latestVersion: fields.word("latest_version"),
    deprecationDate: fields.text("deprecation_date"),
    constraints: fields.objects("constraints"),
    test: testOf(id, fields, config),
  };
}

export function sourceOf(id: string, raw: Raw, where: string, note: Note): ManifestSource {
  const fields = new Fields(raw, where, note);
  const freshness = fields.below("freshness");
  return {
    ...objectOf(id, fields, fields.below("config")),
    sourceName: fields.text("source_name"),
    sourceDescription: fields.text("source_description"),
    identifier: fields.text("identifier"),
    database: fields.text("database"),
    schema: fields.text("schema"),
    relationName: fields.text("relation_name"),
    loader: fields.text("loader"),
    loadedAtField: fields.text("loaded_at_field"),
    warnAfter: limitOf(freshness.below("warn_after")),
    errorAfter: limitOf(freshness.below("error_after")),
    columns: columnsOf(fields, where, note),
    sourceMeta: fields.object("source_meta"),
  };
}

/** `{count, period}`; dbt writes both as null where there is no limit. */
export function limitOf(fields: Fields): FreshnessLimit | undefined {
  const count = fields.number("count");
  const period = fields.text("period");
  return count === undefined || period === undefined ? undefined : { count, period };
}

function ownerOf(fields: Fields): Owner | undefined {
  const owner = fields.below("owner");
  const name = owner.text("name");
  const emails = owner.texts("email");
  return name === undefined && emails.length === 0 ? undefined : { name, emails, raw: owner.raw };
}

export function exposureOf(id: string, raw: Raw, where: string, note: Note): Exposure {
  const fields = new Fields(raw, where, note);
  return {
    ...objectOf(id, fields, fields.below("config")),
    type: fields.text("type"),
    label: fields.text("label"),
    url: fields.text("url"),
    maturity: fields.text("maturity"),
    owner: ownerOf(fields),
  };
}

export function metricOf(id: string, raw: Raw, where: string, note: Note): Metric {
  const fields = new Fields(raw, where, note);
  const isOld = raw["type_params"] === undefined;
  return {
    ...objectOf(id, fields, fields.below("config")),
    label: fields.text("label"),
    type: isOld ? undefined : fields.text("type"),
    ...metricWords(fields),
    calculationMethod: isOld ? fields.text("calculation_method", "type") : undefined,
    expression: isOld ? fields.text("expression", "sql") : undefined,
    filters: fields.objects("filters"),
  };
}

export function semanticModelOf(id: string, raw: Raw, where: string, note: Note): SemanticModel {
  const fields = new Fields(raw, where, note);
  return {
    ...objectOf(id, fields, fields.below("config")),
    label: fields.text("label"),
    model: fields.text("model"),
    nodeRelation: fields.object("node_relation"),
    primaryEntity: fields.text("primary_entity"),
    entities: fields.objects("entities"),
    dimensions: fields.objects("dimensions"),
    measures: fields.objects("measures"),
    defaults: fields.object("defaults"),
  };
}

export function groupOf(id: string, raw: Raw, where: string, note: Note): Group {
  const fields = new Fields(raw, where, note);
  return { ...objectOf(id, fields, fields.below("config")), owner: ownerOf(fields) };
}

export function savedQueryOf(id: string, raw: Raw, where: string, note: Note): SavedQuery {
  const fields = new Fields(raw, where, note);
  return {
    ...objectOf(id, fields, fields.below("config")),
    label: fields.text("label"),
    queryParams: fields.object("query_params"),
    exports: fields.objects("exports"),
  };
}

export function unitTestOf(id: string, raw: Raw, where: string, note: Note): UnitTest {
  const fields = new Fields(raw, where, note);
  return {
    ...objectOf(id, fields, fields.below("config")),
    model: fields.text("model"),
    version: fields.word("version"),
    given: fields.objects("given"),
    expect: fields.object("expect"),
  };
}
