import {
  entityLink,
  entityTypeInfo,
  fqnOf,
  parseEntityLink,
  parseFqn,
  splitFqn,
  unquoteName,
  type DataModelRecord,
  type EntityKey,
  type EntityRecord,
  type EntityReference,
  type EntityType,
  type FQN,
  type LineageRecord,
  type MetadataRecord,
} from "@omd/schema";
import { failureOf, left, right, type Processor } from "../contracts/index.ts";
import { keyOf, lineOf, testedTable } from "./entity-selection.ts";
import type { NormalizeNamesConfig } from "./processor-config.ts";

/** Changes names of some entity types, and in the same way each reference to them: parents, edges, columns of edges, runs, foreign keys. */
export function normalizeNamesProcessor(config: NormalizeNamesConfig): Processor {
  const rename = fqnChange(config);
  return {
    name: "normalize-names",
    renamed: rename,
    run(record) {
      try {
        return right(renamedRecord(record, rename));
      } catch (error) {
        return left(
          failureOf(record.kind === "entity" ? (record.request.name ?? record.entityType) : record.kind, error),
        );
      }
    },
  };
}

/** The FQN of an entity, or of something in it such as a column, after the change. */
type Rename = (key: EntityKey) => FQN;

function fqnChange(config: NormalizeNamesConfig): Rename {
  const types = new Set<EntityType>(config.entityTypes);
  const change = nameChange(config);
  return ({ entityType, fqn }) => {
    const names = splitFqn(fqn).map(unquoteName);
    const key = { entityType, fqn };
    for (const at of entityType === "testCase" ? [key, ...lineOf(testedTable(fqn))] : lineOf(key)) {
      const depth = splitFqn(at.fqn).length - 1;
      if (types.has(at.entityType)) names[depth] = change(names[depth] ?? "");
    }
    return fqnOf(...names);
  };
}

function nameChange(config: NormalizeNamesConfig): (name: string) => string {
  const replacements = config.replace.map((rule) => [new RegExp(rule.pattern, "gu"), rule.with] as const);
  return (name) => {
    let changed = config.trim ? name.trim() : name;
    for (const [pattern, by] of replacements) changed = changed.replace(pattern, by);
    if (config.case === "lower") changed = changed.toLowerCase();
    if (config.case === "upper") changed = changed.toUpperCase();
    if (changed === "") throw new Error(`normalize-names leaves nothing of the name ${JSON.stringify(name)}`);
    return changed;
  };
}

function renamedRecord(record: MetadataRecord, rename: Rename): MetadataRecord {
  const renamedKey = (key: EntityKey): EntityKey => ({ ...key, fqn: rename(key) });
  switch (record.kind) {
    case "entity":
      return renamedEntity(record, rename);
    case "pipelineStatus":
      return { ...record, pipeline: rename({ entityType: "pipeline", fqn: record.pipeline }) };
    case "dataModel":
      return renamedModel(record, rename);
    case "entityUpdate":
      return { ...record, ...renamedKey(record) };
    case "testResult":
      return { ...record, testCase: rename({ entityType: "testCase", fqn: record.testCase }) };
    case "lineage":
    case "lineageRemoval": {
      const pipeline = record.pipeline && { pipeline: renamedKey(record.pipeline) };
      const ends = { from: renamedKey(record.from), to: renamedKey(record.to), ...pipeline };
      return record.kind === "lineage" ? { ...record, ...ends, ...columnsOf(record, rename) } : { ...record, ...ends };
    }
    default:
      return record;
  }
}

function renamedModel(record: DataModelRecord, rename: Rename): DataModelRecord {
  const table = (name: string): FQN => rename({ entityType: "table", fqn: name as FQN });
  const { upstream } = record.dataModel;
  return {
    ...record,
    table: table(record.table),
    dataModel: { ...record.dataModel, ...(upstream && { upstream: upstream.map(table) }) },
  };
}

function columnsOf(record: LineageRecord, rename: Rename): Pick<LineageRecord, "columnsLineage"> {
  if (!record.columnsLineage) return {};
  return {
    columnsLineage: record.columnsLineage.map((columns) => ({
      ...columns,
      fromColumns: columns.fromColumns.map((column) => renamedColumn(record.from, column, rename)),
      toColumn: renamedColumn(record.to, columns.toColumn, rename),
    })),
  };
}

/** Only the table's part of a column's FQN changes. */
function renamedColumn(owner: EntityKey, column: string, rename: Rename): string {
  const parts = splitFqn(column);
  const depth = splitFqn(owner.fqn).length;
  const table = rename({ ...owner, fqn: parts.slice(0, depth).join(".") as FQN });
  return [table, ...parts.slice(depth)].join(".");
}

function renamedEntity(record: EntityRecord, rename: Rename): EntityRecord {
  const key = keyOf(record);
  const request: Record<string, unknown> = { ...record.request, name: unquoteName(splitFqn(rename(key)).at(-1) ?? "") };
  const { parent, nests } = entityTypeInfo(record.entityType);
  const named = parent && request[parent.field];
  if (parent && typeof named === "string") {
    const type = parent.type as EntityType;
    request[parent.field] =
      parent.field === "service"
        ? unquoteName(rename({ entityType: type, fqn: fqnOf(named) }))
        : rename({ entityType: type, fqn: named as FQN });
  }
  if (nests && request[nests.field] !== undefined)
    request[nests.field] = renamedParent(nests.type as EntityType, request[nests.field], rename);
  if (record.entityType === "table" && record.request.tableConstraints) {
    request["tableConstraints"] = record.request.tableConstraints.map((constraint) =>
      constraint.referredColumns === undefined
        ? constraint
        : {
            ...constraint,
            referredColumns: constraint.referredColumns.map((column) => renamedColumn(key, column, rename)),
          },
    );
  }
  Object.assign(request, testedNames(record, rename));
  return { ...record, request } as EntityRecord;
}

/** A nearer parent, named by FQN or by a reference. */
function renamedParent(entityType: EntityType, named: unknown, rename: Rename): unknown {
  if (typeof named === "string") return rename({ entityType, fqn: named as FQN });
  const reference = named as Partial<EntityReference>;
  if (reference.fullyQualifiedName === undefined) return named;
  const fqn = rename({ entityType, fqn: reference.fullyQualifiedName as FQN });
  return { ...reference, fullyQualifiedName: fqn, name: unquoteName(splitFqn(fqn).at(-1) ?? "") };
}

/** What tests name of the table that they are about. */
function testedNames(record: EntityRecord, rename: Rename): Readonly<Record<string, unknown>> {
  const table = (fqn: string): FQN => rename({ entityType: "table", fqn: parseFqn(fqn) });
  if (record.entityType === "testSuite") {
    const { basicEntityReference } = record.request;
    return basicEntityReference === undefined ? {} : { basicEntityReference: table(basicEntityReference) };
  }
  const link = record.entityType === "testCase" ? parseEntityLink(record.request.entityLink) : undefined;
  if (link?.entityType !== "table") return {};
  return { entityLink: entityLink("table", table(link.fqn), link.field, link.name) };
}
