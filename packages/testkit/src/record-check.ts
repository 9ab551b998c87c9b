import { metadataRecord, splitFqn, type MetadataRecord } from "@omd/schema";
import { z } from "zod";

/** A record that a catalog would refuse, or that a reader would take amiss. */
export interface RecordProblem {
  /** Position in the source's order, from 0. */
  readonly index: number;
  readonly kind: string;
  readonly problem: string;
}

function fqnsOf(record: MetadataRecord): readonly string[] {
  if (record.kind === "pipelineStatus") return [record.pipeline];
  if (record.kind === "dataModel") return [record.table, ...(record.dataModel.upstream ?? [])];
  if (record.kind === "testResult") return [record.testCase];
  if (record.kind === "entityUpdate") return [record.fqn];
  if (record.kind === "lineage")
    return [record.from.fqn, record.to.fqn, ...(record.pipeline === undefined ? [] : [record.pipeline.fqn])];
  return [];
}

function* problemsOf(record: MetadataRecord): Generator<string> {
  const parsed = metadataRecord.safeParse(record);
  if (!parsed.success) yield z.prettifyError(parsed.error);
  for (const fqn of fqnsOf(record)) {
    try {
      splitFqn(fqn);
    } catch (error) {
      yield error instanceof Error ? error.message : String(error);
    }
  }
  if (record.kind === "lineage" && record.from.entityType === record.to.entityType && record.from.fqn === record.to.fqn)
    yield `the edge leads from ${record.from.fqn} to itself`;
}

/** Checks each record against its schema, FQNs against their rules, and that no edge leads to its own start. Empty when all is well. */
export function checkRecords(records: readonly MetadataRecord[]): readonly RecordProblem[] {
  return records.flatMap((record, index) =>
    [...problemsOf(record)].map((problem) => ({ index, kind: record.kind, problem })),
  );
}
