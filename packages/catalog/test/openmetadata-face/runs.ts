import { ingestionRunStatus, parseFqn, pipelineStatus } from "@omd/schema";
import { notFound, ok, Refusal, type FaceAnswer } from "./answer.ts";
import type { FaceCall, FaceState } from "./calls.ts";

/** `/pipelines/{fqn}/status[/bulk]`. */
export async function statusRoutes(state: FaceState, call: FaceCall): Promise<FaceAnswer | undefined> {
  const [, name = "", , bulk] = call.segments;
  const fqn = parseFqn(name);
  const pipeline = await state.store.get("pipeline", fqn);
  if (pipeline === undefined) throw notFound("pipeline", name);
  if (call.method === "PUT" && bulk === undefined) {
    await state.store.putPipelineStatuses(fqn, [pipelineStatus.parse(call.body)]);
    return ok(pipeline);
  }
  if (call.method === "PUT" && bulk === "bulk" && !state.withoutStatusBulk) {
    if (!Array.isArray(call.body) || call.body.length > 1000) throw new Refusal(400, "size must be between 1 and 1000");
    await state.store.putPipelineStatuses(
      fqn,
      call.body.map((item: unknown) => pipelineStatus.parse(item)),
    );
    return ok(pipeline);
  }
  if (call.method !== "GET" || bulk !== undefined) return undefined;
  const startTs = call.query.get("startTs");
  const endTs = call.query.get("endTs");
  if (startTs === null || endTs === null) throw new Refusal(400, "query param startTs must not be null");
  const data = await state.store.pipelineStatuses(fqn, { startTs: Number(startTs), endTs: Number(endTs) });
  return ok({ data, paging: { total: data.length } });
}

/** `/services/ingestionPipelines/{fqn}/pipelineStatus[/{runId}]`: 204 when there is none yet. */
export async function ingestionRunRoutes(state: FaceState, call: FaceCall): Promise<FaceAnswer | undefined> {
  const [, , name = "", , runId] = call.segments;
  const fqn = parseFqn(name);
  if (call.method === "GET" && runId !== undefined) {
    const known = state.runs.get(JSON.stringify([fqn, runId]));
    return known === undefined ? { status: 204 } : ok(known);
  }
  if (call.method !== "PUT" || runId !== undefined) return undefined;
  const status = ingestionRunStatus.parse(call.body);
  await state.store.putIngestionRun(fqn, status);
  state.runs.set(JSON.stringify([fqn, status.runId]), status);
  return ok(status);
}
