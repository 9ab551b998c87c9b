import { pipelineStatus, withoutNulls, type PipelineStatus } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Refusal } from "../answers.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, text, wholeNumber } from "../query.ts";
import { findByName } from "./entities.ts";

interface OfPipeline {
  Params: { fqn: string };
}

const path = "/api/v1/pipelines/:fqn/status";
/** Tasks without a name are passed over: what is known of the run and its other tasks is not lost for them. A null says nothing. */
const one = z.preprocess((status) => withoutNameless(withoutNulls(status)), pipelineStatus);
const many = z.array(one).min(1).max(1000);

function withoutNameless(status: unknown): unknown {
  const { taskStatus } = (status ?? {}) as { taskStatus?: unknown };
  if (!Array.isArray(taskStatus)) return status;
  const named = (taskStatus as unknown[]).filter((task) => {
    const { name } = (task ?? {}) as { name?: unknown };
    return typeof name !== "string" || name.trim() !== "";
  });
  return { ...(status as object), taskStatus: named };
}

/** Runs of pipelines. Source: om-api §3.3. */
export function pipelineStatusRoutes(app: FastifyInstance, parts: ServerParts): void {
  const put = async (name: string, statuses: readonly PipelineStatus[]) => {
    const { fullyQualifiedName } = await findByName(parts, "pipeline", name);
    await parts.writer.putPipelineStatuses(fullyQualifiedName, statuses);
    return findByName(parts, "pipeline", fullyQualifiedName, { fields: ["pipelineStatus", "tasks"] });
  };
  app.put<OfPipeline>(path, (request) => put(request.params.fqn, [one.parse(request.body)]));
  app.put<OfPipeline>(`${path}/bulk`, (request) => put(request.params.fqn, many.parse(request.body)));
  app.get<OfPipeline>(path, async (request) => page(parts, request.params.fqn, queryOf(request)));
  app.delete<{ Params: { fqn: string; timestamp: string } }>(`${path}/:timestamp`, async ({ params }) => {
    const timestamp = Number(params.timestamp);
    if (!Number.isSafeInteger(timestamp)) throw new Refusal(400, "The timestamp of a run is a number of milliseconds");
    const { fullyQualifiedName } = await findByName(parts, "pipeline", params.fqn);
    const [status] = await parts.catalog.pipelineStatuses(fullyQualifiedName, { startTs: timestamp, endTs: timestamp });
    if (!status)
      throw new Refusal(404, `Failed to find pipeline status for ${fullyQualifiedName} at ${params.timestamp}`);
    await parts.writer.deletePipelineStatus(fullyQualifiedName, timestamp);
    return findByName(parts, "pipeline", fullyQualifiedName, { fields: ["pipelineStatus"] });
  });
}

const time = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

/** Newest first; the cursor of a page is the time of its last run. */
async function page(parts: ServerParts, name: string, query: ReturnType<typeof queryOf>): Promise<unknown> {
  const startTs = wholeNumber(query, "startTs", time);
  const endTs = wholeNumber(query, "endTs", time);
  if (startTs === undefined || endTs === undefined)
    throw new Refusal(400, `query param ${startTs === undefined ? "startTs" : "endTs"} must not be null`);
  const { fullyQualifiedName } = await findByName(parts, "pipeline", name);
  const limit = wholeNumber(query, "limit", { min: 1, max: 1_000_000 });
  const after = text(query, "after");
  const before = after === undefined ? endTs : Math.min(endTs, readCursor(after) - 1);
  const all = await parts.catalog.pipelineStatuses(fullyQualifiedName, { startTs, endTs: before });
  const data = limit === undefined ? all : all.slice(0, limit);
  const last = data.at(-1);
  const more = data.length < all.length && last !== undefined;
  const passed = after === undefined ? 0 : await counted(parts, fullyQualifiedName, before + 1, endTs);
  return {
    data,
    paging: {
      total: all.length + passed,
      ...(more ? { after: Buffer.from(String(last.timestamp)).toString("base64url") } : {}),
    },
  };
}

async function counted({ catalog }: ServerParts, fqn: PipelineFqn, startTs: number, endTs: number): Promise<number> {
  return (await catalog.pipelineStatuses(fqn, { startTs, endTs })).length;
}
type PipelineFqn = Parameters<ServerParts["catalog"]["pipelineStatuses"]>[0];

function readCursor(cursor: string): number {
  const decoded = Buffer.from(cursor, "base64url").toString();
  const timestamp = /^-?\d+$/.test(decoded) ? Number(decoded) : Number.NaN;
  if (!Number.isSafeInteger(timestamp)) throw new Refusal(400, `Invalid cursor ${cursor}`);
  return timestamp;
}
