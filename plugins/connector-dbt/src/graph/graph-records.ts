import { type Either } from "@omd/core";
import type { MetadataRecord } from "@omd/schema";
import type { ProjectView } from "../project/view.ts";
import { exposureRecords } from "./exposures.ts";
import type { GraphRun } from "./graph-run.ts";
import { guarded } from "./guarded.ts";
import { groupsOf } from "./groups.ts";
import { metricRecords } from "./metrics.ts";
import { pipelineRecords, projectPipeline } from "./pipeline.ts";
import { runRecords } from "./pipeline-runs.ts";
import { Problems } from "./problems.ts";
import { ProjectEdges } from "./project-edges.ts";
import type { ProjectSql } from "./project-sql.ts";
import { goneEdges } from "./retired-edges.ts";
import { semanticModelRecords } from "./semantic-models.ts";
import { TableLineage } from "./table-lineage.ts";
import { timeSpineRecords } from "./time-spine-records.ts";

export interface GraphParts {
  /** One for all projects of a run; its `end` comes after the last of them. */
  readonly run: GraphRun;
  /** Of this project. */
  readonly sql: ProjectSql;
  /** Exposures that name no entity of the catalog become dashboards, ML models and API endpoints. */
  readonly createsEntities: boolean;
  /** The project is a pipeline too. */
  readonly drawsPipeline: boolean;
}

/**
 * Lineage of a project's tables and columns, its semantic models and metrics, its exposures, and itself as a pipeline with runs: what the catalog has not got yet.
 * The project's tables must have been matched, and their records must come before. SQL is read from the call on, whenever the records are asked for.
 */
export async function beginGraph(
  view: ProjectView,
  parts: GraphParts,
): Promise<AsyncGenerator<Either<MetadataRecord>>> {
  const { run, sql, createsEntities: creates } = parts;
  const { context, options, labels, owners, made, isWanted } = run;
  const pipeline = projectPipeline(view, context.serviceName);
  const drawsPipeline = parts.drawsPipeline && isWanted(pipeline.fqn);
  const ownPipeline = drawsPipeline ? run.pipelineOf(view) : undefined;
  const hadPipeline = parts.drawsPipeline && (await context.known("pipeline", pipeline.fqn));
  const settings = {
    project: view.home,
    pipeline: drawsPipeline || hadPipeline ? pipeline : undefined,
    hadPipeline,
    override: options.overrideLineage,
    fingerprint: context.fingerprint,
    nowMs: run.nowMs,
  };
  const edges = new ProjectEdges(context, settings, run.standing);
  const problems = new Problems();
  made.saw("pipeline", pipeline.fqn);
  edges.riders.push(run.projectMark(view));
  const lineage = new TableLineage({ context, view, edges, sql, problems });
  sql.tablesKnown();
  lineage.begin();

  async function* all(): AsyncGenerator<Either<MetadataRecord>> {
    const project = { view, labels, owners, made, databaseService: context.serviceName };
    if (ownPipeline?.isFirst === true) yield* guarded(context, view.name, () => pipelineRecords(project));
    yield* lineage.records();
    const metrics = { context, options, view, edges, made, labels, owners, isWanted, groups: groupsOf(view) };
    yield* timeSpineRecords(metrics);
    yield* semanticModelRecords(metrics);
    yield* metricRecords(metrics);
    yield* exposureRecords({ context, view, edges, made, labels, owners, problems, creates, isWanted });
    if (ownPipeline) yield* runRecords({ context, view, pipeline: pipeline.fqn, hadPipeline, met: ownPipeline.met });
  }

  async function* records(): AsyncGenerator<Either<MetadataRecord>> {
    for await (const { left, right } of all()) {
      if (right === undefined) yield { left };
      // Marks without a record of their own go with the next that comes.
      else if (edges.riders.length === 0) yield { right };
      else yield { right: { ...right, marks: [...(right.marks ?? []), ...edges.riders.splice(0)] } };
    }
    problems.tell(context, view.name);
    run.endProject(view, goneEdges(context, view, edges));
  }
  return records();
}
