import { readFile } from "node:fs/promises";

/** Pipelines of a scheduler of one's own: it writes its jobs, their steps and their runs into a JSON file. */
export class JobBoard {
  static create(config, context) {
    const { file } = config.connection.connectionOptions ?? {};
    if (!file) throw new Error("connectionOptions.file is missing: the JSON file to read");
    return Object.assign(new JobBoard(), { context, file });
  }

  async *iter() {
    const { serviceName, service, ledger } = this.context;
    const { jobs } = JSON.parse(await readFile(this.file, "utf8"));
    // The file is the whole truth about this service: pipelines that are no longer in it are marked deleted.
    const scope = ledger.open("jobs", { deletes: { entityType: "pipeline", below: service } });
    scope.received(jobs.length);
    yield entity("pipelineService", { name: serviceName, serviceType: "CustomPipeline" });
    for (const job of jobs) {
      // Parts of a fully qualified name are joined by dots; a part that holds a dot is quoted.
      const fqn = `${service}.${job.name.includes(".") ? `"${job.name}"` : job.name}`;
      const { name, description, cron: scheduleInterval } = job;
      scope.saw(fqn);
      yield entity("pipeline", {
        name,
        service: serviceName,
        description,
        scheduleInterval,
        tasks: job.steps.map(task),
      });
      yield { right: { kind: "pipelineStatus", pipeline: fqn, statuses: job.runs.map(run) } };
      yield* this.edges(job, { entityType: "pipeline", fqn });
    }
    scope.complete();
  }

  /** From each table that the job reads to each that it writes. A table that the catalog does not know is reported, not guessed. */
  async *edges(job, pipeline) {
    const { resolver } = this.context;
    for (const [read, written] of job.reads.flatMap((from) => job.writes.map((to) => [from, to]))) {
      const [from, to] = [await resolver.dataset(read), await resolver.dataset(written)];
      const { reason, nearest } = [from, to].find((end) => end.kind === "unresolved") ?? {};
      if (reason) this.context.unresolved({ from: read, to: written, reason, nearest });
      else yield { right: { kind: "lineage", from: from.entity, to: to.entity, source: "PipelineLineage", pipeline } };
    }
  }
}

const entity = (entityType, request) => ({ right: { kind: "entity", entityType, request } });
const task = ({ name, kind, then = [] }) => ({ name, taskType: kind, downstreamTasks: then });
const states = { ok: "Successful", failed: "Failed", running: "Pending", skipped: "Skipped" };

/** Times are epoch milliseconds. */
const run = ({ id, started, ended, state }) => ({
  timestamp: Date.parse(started),
  executionStatus: states[state],
  executionId: id,
  ...(ended && { endTime: Date.parse(ended) }),
});
