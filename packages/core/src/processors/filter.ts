import type { EntityKey, MetadataRecord } from "@omd/schema";
import { right, type Processor } from "../contracts/index.ts";
import { entitySelector, keyOf, lineOf, testedTable } from "./entity-selection.ts";
import type { FilterConfig } from "./processor-config.ts";

/** Leaves out entities by name or FQN, with what lies below them, their runs and their edges. */
export function filterProcessor(config: FilterConfig): Processor {
  const passes = entitySelector(config);
  const stays = (key: EntityKey) => lineOf(key).every((at) => at.entityType !== config.entityType || passes(at));
  return {
    name: "filter",
    run: (record) => right(entitiesOf(record).every(stays) ? record : undefined),
  };
}

/** The entities that a record cannot do without. */
function entitiesOf(record: MetadataRecord): readonly EntityKey[] {
  switch (record.kind) {
    case "entity":
      return record.entityType === "testCase" ? [keyOf(record), testedTable(keyOf(record).fqn)] : [keyOf(record)];
    case "pipelineStatus":
      return [{ entityType: "pipeline", fqn: record.pipeline }];
    case "dataModel":
      return [{ entityType: "table", fqn: record.table }];
    case "entityUpdate":
      return [record];
    case "testResult":
      return [testedTable(record.testCase)];
    case "lineage":
      return [record.from, record.to, ...(record.pipeline ? [record.pipeline] : [])];
    default:
      return [];
  }
}
