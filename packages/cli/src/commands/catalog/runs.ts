import { Args, Flags } from "@oclif/core";
import type { Catalog } from "@omd/core";
import { runTimes, type FQN, type PipelineStatus } from "@omd/schema";
import { findEntity } from "../../find-entity.ts";
import { fqnArgument } from "../../fqn-argument.ts";
import { OmdCommand } from "../../omd-command.ts";
import { catalogFlags, withCatalog } from "../../open-catalog.ts";
import { styleOf } from "../../terminal.ts";

interface Run extends PipelineStatus {
  readonly pipeline: FQN;
}

export default class CatalogRuns extends OmdCommand {
  static override summary = "show the runs of a pipeline, or the last run of each";
  static override examples = ["<%= config.bin %> <%= command.id %> airflow.etl_orders --limit 5"];
  static override args = {
    pipeline: Args.string({ description: "FQN of the pipeline; default: all, each with its last run" }),
  };
  static override flags = {
    ...catalogFlags,
    limit: Flags.integer({
      min: 1,
      default: 20,
      description: "most runs, or pipelines, that are shown",
      helpValue: "N",
    }),
  };

  async run(): Promise<number> {
    const { args, flags } = await this.parse(CatalogRuns);
    const pipeline = args.pipeline === undefined ? undefined : await fqnArgument("PIPELINE", args.pipeline);
    const runs = await withCatalog(flags, ({ catalog }) =>
      pipeline === undefined ? lastRuns(catalog, flags.limit) : runsOfNamed(catalog, pipeline, flags.limit),
    );
    if (flags.json) {
      this.printJson(runs);
      return 0;
    }
    const { durationInWords, renderTable } = await import("@omd/core");
    const hasErrors = runs.some((run) => errorText(run) !== "");
    const titles = ["Pipeline", "Started", "State", "Took", "Tasks", "Run", ...(hasErrors ? ["Error"] : [])];
    const rows = runs.map((run) => {
      const { beganAt = run.timestamp, tookMs } = runTimes(run) ?? {};
      return [
        run.pipeline,
        new Date(beganAt).toISOString(),
        run.executionStatus,
        tookMs === undefined ? "" : durationInWords(tookMs),
        tasksText(run),
        run.executionId ?? "",
        errorText(run),
      ].slice(0, titles.length);
    });
    const columns = titles.map((title) => ({ title }));
    this.print(renderTable(columns, rows, styleOf(process.stdout).width) || "The catalog has no runs of it.");
    return 0;
  }
}

/** Throws a usage error when there is no such pipeline. */
async function runsOfNamed(catalog: Catalog, name: FQN, limit: number): Promise<Run[]> {
  await findEntity(catalog, name, "pipeline");
  return runsOf(catalog, name, limit);
}

async function runsOf(catalog: Catalog, pipeline: FQN, limit: number): Promise<Run[]> {
  return (await catalog.pipelineStatuses(pipeline, { limit })).map((status) => ({ pipeline, ...status }));
}

async function lastRuns(catalog: Catalog, limit: number): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const { fullyQualifiedName } of catalog.list("pipeline")) {
    runs.push(...(await runsOf(catalog, fullyQualifiedName, 1)));
    if (runs.length >= limit) break;
  }
  return runs;
}

/** `3 Successful, 1 Failed`. */
function tasksText({ taskStatus = [] }: PipelineStatus): string {
  const byState = Map.groupBy(taskStatus, (task) => task.executionStatus);
  return [...byState].map(([state, tasks]) => `${tasks.length} ${state}`).join(", ");
}

/** What a run failed by, where its source tells. */
function errorText({ error }: PipelineStatus): string {
  return error?.errorMessage ?? error?.errorType ?? "";
}
