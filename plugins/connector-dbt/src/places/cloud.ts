import type { HttpClient } from "@omd/http";
import { z } from "zod";
import type { DbtCloud } from "../config.ts";
import { httpStream, wholeAnswerBytes } from "./http-ranges.ts";
import { artifactKindOf, placeError, projectOf, type Artifact, type PlaceContext, type Project } from "./project.ts";

/** Answers of dbt Cloud's Administrative API v2; keys beside these are let through. */
const envelope = <T extends z.ZodType>(data: T) => z.object({ data });
const runShape = z.object({
  id: z.number(),
  job_definition_id: z.number().nullish(),
  finished_at: z.string().nullish(),
});
const runList = envelope(z.array(runShape));
const runDetails = envelope(
  z.object({
    run_steps: z
      .array(z.object({ index: z.number().nullish(), name: z.string().nullish() }))
      .nullish()
      .transform((steps) => steps ?? []),
  }),
);
const artifactPaths = envelope(z.array(z.string()));

type Run = z.infer<typeof runShape>;

/** Success, error, cancelled: what is no longer queued, starting or running. */
const finished = "[10,20,30]";
/** How many runs are looked back on for one that has a manifest: cancelled runs and failed checkouts have none. */
const lookBack = 20;

/** The newest finished run of each job, whatever its end; without a job, that of the project or account. */
export async function* cloudProjects(config: DbtCloud, context: PlaceContext): AsyncGenerator<Project> {
  const token = config.dbtCloudAuthToken.reveal();
  context.secret(token);
  const headers = { authorization: `Token ${token}` };
  const baseUrl = `${config.dbtCloudUrl.replace(/\/+$/u, "").replace(/\/api(?:\/v2)?$/u, "")}/api/v2/accounts/${encodeURIComponent(config.dbtCloudAccountId)}`;
  const client = context.http({
    name: "dbt-cloud",
    baseUrl,
    headers,
    addressKey: "dbtCloudUrl",
    maxBodyBytes: wholeAnswerBytes,
  });
  const jobs = config.dbtCloudJobId.length === 0 ? [undefined] : config.dbtCloudJobId;
  for (const job of jobs) {
    const project = await newestOf(client, config, job, context);
    if (project === undefined && jobs.length === 1) throw noRun(config, job);
    if (project === undefined) context.warn(`dbt Cloud job ${job}`, "none of its newest runs has a manifest.json");
    else yield project;
  }
}

async function newestOf(
  client: HttpClient,
  config: DbtCloud,
  job: string | undefined,
  context: PlaceContext,
): Promise<Project | undefined> {
  const query = {
    order_by: "-finished_at",
    limit: lookBack,
    status__in: finished,
    project_id: config.dbtCloudProjectId,
    job_definition_id: job,
  };
  const { data: runs } = await client.json({ path: "/runs/", query }, (value) => runList.parse(value));
  for (const run of runs) {
    const artifacts = await artifactsOf(client, run);
    const name = `dbt Cloud run ${run.id}${run.job_definition_id ? ` of job ${run.job_definition_id}` : ""}`;
    if (artifacts.some(({ kind }) => kind === "manifest")) return projectOf(name, artifacts);
    context.warn(name, "it has no manifest.json; the run before it is looked at");
  }
  return undefined;
}

/**
 * Artifacts of each step: `dbt test` after `dbt run` writes run_results.json anew, so that each step has its own.
 * Of the other files the last step that has one wins.
 */
async function artifactsOf(client: HttpClient, run: Run): Promise<Artifact[]> {
  const details = await client.json(
    { path: `/runs/${run.id}/`, query: { include_related: '["run_steps"]' } },
    (value) => runDetails.parse(value),
  );
  const steps = details.data.run_steps.flatMap(({ index }) => index ?? []).sort((a, b) => a - b);
  const results: Artifact[] = [];
  const others = new Map<Artifact["kind"], Artifact>();
  for (const step of steps) {
    for (const artifact of await artifactsOfStep(client, run, step))
      if (artifact.kind === "runResults") results.push(artifact);
      else others.set(artifact.kind, artifact);
  }
  // Without a step, the API answers what the last one left, and the catalog that "generate docs on run" makes after it.
  for (const artifact of await artifactsOfStep(client, run, undefined))
    if (artifact.kind === "runResults" ? results.length === 0 : !others.has(artifact.kind))
      if (artifact.kind === "runResults") results.push(artifact);
      else others.set(artifact.kind, artifact);
  return [...others.values(), ...results];
}

async function artifactsOfStep(client: HttpClient, run: Run, step: number | undefined): Promise<Artifact[]> {
  const path = `/runs/${run.id}/artifacts/`;
  let missing = false;
  const paths = await client.json(
    {
      path,
      query: { step },
      // A step that ran no dbt, such as the checkout, has none.
      accept: [404],
      onAnswer: ({ status }) => {
        missing = status === 404;
      },
    },
    (value) => (missing ? [] : artifactPaths.parse(value).data),
  );
  return paths.flatMap((name) => {
    const named = artifactKindOf(name);
    if (named === undefined) return [];
    const file = `${client.baseUrl}${path}${name}${step === undefined ? "" : `?step=${step}`}`;
    const finishedAtMs = Date.parse(run.finished_at?.replace(" ", "T").replace("+00:00", "Z") ?? "");
    return {
      ...named,
      file,
      bytes: undefined,
      // Files of later steps are newer.
      modifiedAtMs: Number.isNaN(finishedAtMs) ? undefined : finishedAtMs + (step ?? 0),
      open: () =>
        httpStream(client, file, (range) => ({
          path: path + name.split("/").map(encodeURIComponent).join("/"),
          query: { step },
          headers: range === undefined ? {} : { range, "accept-encoding": "identity" },
        })),
    };
  });
}

function noRun(config: DbtCloud, job: string | undefined): Error {
  const of = job ?? config.dbtCloudProjectId;
  const where = of === undefined ? "the account" : `${job === undefined ? "project" : "job"} ${of}`;
  return placeError(`dbt Cloud: no finished run of ${where} has a manifest.json among the newest ${lookBack}`, {
    hint: "Check dbtCloudJobId and dbtCloudProjectId, and that the token may read the project's runs.",
  });
}
