import type { EventEnd } from "@omd/catalog";
import type { CatalogEdge } from "@omd/core";
import type { AwaitedName } from "@omd/lineage";
import type { ColumnLineage, LineageDetails } from "@omd/schema";
import { z } from "zod";
import type { ServerParts } from "../parts.ts";
import { columnFqn, columnOrigins, datasetText, type DatasetAnswer, type FoundDataset } from "./datasets.ts";
import { parseEvent, type Dataset, type OpenLineageEvent } from "./event.ts";
import type { Maker } from "./pipelines.ts";
import { facet, makerKey, type Placing } from "./placing.ts";

/** Looks a dataset up in the catalog. */
export type Lookup = (dataset: Dataset) => Promise<DatasetAnswer>;

interface Side {
  readonly dataset: Dataset;
  readonly answer: DatasetAnswer;
}
interface FoundSide {
  readonly dataset: Dataset;
  readonly found: FoundDataset;
}

/** What became of the datasets of an event. */
export interface Applied {
  /** What could not be applied; undefined when all was. */
  readonly note?: string | undefined;
  /** Ends of edges that are not in the catalog. */
  readonly ends?: readonly EventEnd[] | undefined;
  /** Names of the datasets that are. */
  readonly found?: readonly string[] | undefined;
  /** Datasets that are not, and the names of what may bring them. */
  readonly missing?: readonly Dataset[] | undefined;
  readonly waits?: readonly AwaitedName[] | undefined;
}

const sqlFacet = z.looseObject({ query: z.string() });
const longestSql = 100_000;
/** More inputs times outputs than this tell nothing. */
const mostEdges = 10_000;
/** Events of the same run that are asked for the side that this one lacks. */
const eventsOfRun = 20;

/**
 * Writes an edge from each input to each output, made by the pipeline.
 * A run that failed or was aborted adds nothing: its datasets may never have been written.
 */
export async function applyDatasets(
  { catalog, writer }: ServerParts,
  event: OpenLineageEvent,
  placing: Placing,
  maker: Maker,
  lookup: Lookup,
): Promise<Applied> {
  if (event.eventType === "FAIL" || event.eventType === "ABORT") return {};
  const { inputs, outputs } = withOtherSide(event, placing, catalog.events);
  const sources = distinct([...inputs, ...outputs.flatMap(sourcesOf)]);
  const targets = distinct(outputs);
  if (sources.length * targets.length > mostEdges)
    return {
      note: `${sources.length} inputs and ${targets.length} outputs are more than ${mostEdges} edges: none was written`,
    };
  const from = await lookUp(sources, lookup);
  const to = await lookUp(targets, lookup);
  for (const target of found(to))
    for (const source of found(from)) {
      if (source.found.reference.id === target.found.reference.id) continue;
      await writer.putLineage(edgeOf(source, target, event, maker));
    }
  const sides = [...from, ...to];
  return {
    note: noteOn(sides),
    ends: [...endsOf(from, found(to), "upstream"), ...endsOf(to, found(from), "downstream")],
    found: found(sides).map(({ dataset }) => datasetText(dataset)),
    missing: sides.flatMap(({ dataset, answer }) => (answer.kind === "missing" ? [dataset] : [])),
    waits: sides.flatMap(({ answer }) => (answer.kind === "missing" ? answer.awaits : [])),
  };
}

/** What is missing of one side, at all that was found of the other. */
function endsOf(missing: readonly Side[], others: readonly FoundSide[], side: EventEnd["side"]): EventEnd[] {
  return missing.flatMap(({ answer }) => {
    if (answer.kind === "found") return [];
    const { name, reason, nearest } = answer;
    return others.map((other) => ({ near: other.found.reference.id, side, name, reason, nearest }));
  });
}

function withOtherSide(
  event: OpenLineageEvent,
  placing: Placing,
  events: ServerParts["catalog"]["events"],
): Pick<OpenLineageEvent, "inputs" | "outputs"> {
  const { inputs, outputs, run } = event;
  if (!run || placing.runId === undefined || (inputs.length === 0) === (outputs.length === 0))
    return { inputs, outputs };
  const lacking = inputs.length === 0 ? "inputs" : "outputs";
  const maker = { key: makerKey(placing), runId: placing.runId, task: placing.task };
  const others = events
    .ofRun(maker, run.runId, lacking, eventsOfRun)
    .map((body) => parseEvent(body))
    .filter(({ eventType }) => eventType !== "FAIL" && eventType !== "ABORT");
  return { inputs, outputs, [lacking]: others.flatMap((other) => other[lacking]) };
}

function sourcesOf(output: Dataset): Dataset[] {
  return columnOrigins(output).flatMap(({ from }) =>
    from.map(({ namespace, name }) => ({ namespace, name, facets: {} })),
  );
}

/** The first of each name: inputs come with facets, what column lineage names has none. */
function distinct(datasets: readonly Dataset[]): Dataset[] {
  const byName = new Map<string, Dataset>();
  for (const dataset of datasets) if (!byName.has(keyOf(dataset))) byName.set(keyOf(dataset), dataset);
  return [...byName.values()];
}

async function lookUp(datasets: readonly Dataset[], lookup: Lookup): Promise<Side[]> {
  const sides: Side[] = [];
  for (const dataset of datasets) sides.push({ dataset, answer: await lookup(dataset) });
  return sides;
}

function found(sides: readonly Side[]): FoundSide[] {
  return sides.flatMap(({ dataset, answer }) => (answer.kind === "found" ? [{ dataset, found: answer.found }] : []));
}

function edgeOf(source: FoundSide, target: FoundSide, event: OpenLineageEvent, maker: Maker): CatalogEdge {
  const columnsLineage = columnsOf(source, target);
  const sql = event.job && facet(sqlFacet, event.job.facets, "sql")?.query;
  const details: LineageDetails = {
    source: "OpenLineage",
    pipeline: maker.reference,
    ...(sql !== undefined && sql.length <= longestSql ? { sqlQuery: sql } : {}),
    ...(columnsLineage.length > 0 ? { columnsLineage } : {}),
  };
  return { from: source.found.reference, to: target.found.reference, details };
}

/** Only columns that both tables have: the catalog refuses others. */
function columnsOf(source: FoundSide, target: FoundSide): ColumnLineage[] {
  const key = keyOf(source.dataset);
  return columnOrigins(target.dataset).flatMap(({ column, from }) => {
    const toColumn = columnFqn(target.found, column);
    const fromColumns = from
      .filter((origin) => keyOf(origin) === key)
      .flatMap(({ field }) => columnFqn(source.found, field) ?? []);
    return toColumn === undefined || fromColumns.length === 0
      ? []
      : [{ fromColumns: [...new Set(fromColumns)], toColumn }];
  });
}

function noteOn(sides: readonly Side[]): string | undefined {
  const missing = sides.flatMap(({ answer }) =>
    answer.kind === "missing" ? [`${answer.name}: ${answer.reason}`] : [],
  );
  return missing.length === 0 ? undefined : `not found: ${missing.join("; ")}`;
}

function keyOf(dataset: { namespace: string; name: string }): string {
  return datasetText(dataset);
}
