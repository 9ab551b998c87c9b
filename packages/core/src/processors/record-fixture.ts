import {
  childFqn,
  fqnOf,
  metadataRecord,
  type EntityKey,
  type EntityRecord,
  type LineageRecord,
  type MetadataRecord,
  type PipelineStatusRecord,
} from "@omd/schema";
import { createProcessors } from "./create-processors.ts";

/** Records for tests. */
export const schema = fqnOf("svc", "Shop", "Pub.lic");
export const table = (name: string): EntityKey => ({ entityType: "table", fqn: childFqn(schema, name) });
export const tableRecord = (name: string, more: object = {}): EntityRecord => ({
  kind: "entity",
  entityType: "table",
  request: { name, databaseSchema: schema, columns: [{ name: "Id", dataType: "INT" }], ...more },
});
export const pipelineRecord: EntityRecord = {
  kind: "entity",
  entityType: "pipeline",
  request: { name: "Daily", service: "Air.Flow" },
};
export const pipeline: EntityKey = { entityType: "pipeline", fqn: fqnOf("Air.Flow", "Daily") };
export const status: PipelineStatusRecord = { kind: "pipelineStatus", pipeline: pipeline.fqn, statuses: [] };
export const edge = (from: EntityKey, to: EntityKey): LineageRecord => ({
  kind: "lineage",
  from,
  to,
  source: "PipelineLineage",
  pipeline,
});

/** What one processor makes of one record. */
export function run(config: object, record: MetadataRecord): MetadataRecord | readonly MetadataRecord[] | undefined {
  const [processor] = createProcessors([config]);
  const result = processor?.run(record);
  if (!result || result.left) throw new Error(result?.left.error ?? "no processor");
  for (const made of [result.right ?? []].flat())
    // Every record that comes out must be one that a sink takes.
    if (made.kind !== "lineageRemoval") metadataRecord.parse(made);
  return result.right;
}
