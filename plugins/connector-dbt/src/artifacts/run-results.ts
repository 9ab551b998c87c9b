import { ArtifactError, ArtifactVersionError } from "./artifact-error.ts";
import { Fields, isRaw, once, type Note, type Raw } from "./fields.ts";
import { readSections } from "./json-sections.ts";
import { readMetadata, type ArtifactKind } from "./metadata.ts";
import type { ByteStream } from "./plain-bytes.ts";
import { checkShape, itemOf } from "./section-checks.ts";
import type { RunResult, RunResultsItem } from "./shapes.ts";

const runResultsKind: ArtifactKind = {
  schema: "run-results",
  file: "run_results.json",
  oldest: 4,
  newest: 6,
  readable: 7,
  since: "dbt 1.0",
};

/** Reads `run_results.json` as a stream, result by result; `end` comes last. Throws an {@link ArtifactError}. */
export async function* readRunResults(stream: ByteStream, file: string, note?: Note): AsyncGenerator<RunResultsItem> {
  const say = once(note);
  const met = new Set<string>();
  let elapsedSeconds: number | undefined;
  let args: Raw = {};
  for await (const part of readSections(stream, file, planOf, say)) {
    if (part.part === "section") {
      met.add(part.section);
      if (part.section === "results") checkShape(part, "list", file);
    } else if (part.section === "metadata")
      yield { kind: "metadata", value: readMetadata(part.value, runResultsKind, file, part.offset, say) };
    else if (part.section === "elapsed_time")
      elapsedSeconds = typeof part.value === "number" ? part.value : elapsedSeconds;
    else if (part.section === "args") args = isRaw(part.value) ? part.value : args;
    else {
      const raw = itemOf(part, say);
      const value = raw === undefined ? undefined : resultOf(raw, say);
      if (value !== undefined) yield { kind: "result", value };
    }
  }
  for (const needed of ["metadata", "results"])
    if (!met.has(needed))
      throw new ArtifactError(file, `it has no "${needed}"`, { expected: "a run_results.json of dbt" });
  yield { kind: "end", value: { elapsedSeconds, which: new Fields(args, "args", say).text("which"), args } };
}

/** Why a file is no run results of dbt, as its metadata tell; undefined where they say that it is, in whatever version. Reads no further than the metadata. */
export async function whyNoRunResults(stream: ByteStream, file: string): Promise<string | undefined> {
  try {
    for await (const item of readRunResults(stream, file)) if (item.kind === "metadata") break;
    return undefined;
  } catch (error) {
    if (error instanceof ArtifactVersionError) return undefined;
    if (error instanceof ArtifactError) return error.message;
    throw error;
  }
}

function planOf(section: string): "items" | "whole" | "skip" {
  if (section === "results") return "items";
  return section === "metadata" || section === "elapsed_time" || section === "args" ? "whole" : "skip";
}

function resultOf(raw: Raw, note: Note): RunResult | undefined {
  const fields = new Fields(raw, "results", note);
  const uniqueId = fields.text("unique_id");
  const status = fields.text("status")?.toLowerCase();
  if (uniqueId === undefined || status === undefined) {
    note("results without unique_id or status are left out");
    return undefined;
  }
  const { startedAt, completedAt } = executionTimes(fields, note);
  const message = fields.text("message");
  const failures = fields.number("failures");
  const adapterResponse = fields.object("adapter_response");
  return {
    uniqueId,
    status,
    message,
    failures,
    startedAt,
    completedAt,
    executionSeconds: fields.number("execution_time"),
    compiledCode: fields.text("compiled_code"),
    relationName: fields.text("relation_name"),
    adapterResponse,
    ranNothing:
      status === "success" &&
      message === undefined &&
      failures === undefined &&
      Object.keys(adapterResponse).length === 0,
    raw,
  };
}

/** The times of the step `execute`; a node that failed to compile has only the step before it. */
export function executionTimes(
  fields: Fields,
  note: Note,
): { startedAt: string | undefined; completedAt: string | undefined } {
  const steps = fields.objects("timing").map((step) => new Fields(step, "results.timing", note));
  const step = steps.find((one) => one.text("name") === "execute") ?? steps.at(-1);
  return { startedAt: step?.text("started_at"), completedAt: step?.text("completed_at") };
}
