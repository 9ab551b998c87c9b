import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "../answers.ts";
import type { ServerParts } from "../parts.ts";
import { applierOf } from "../openlineage/applier-of.ts";
import {
  bodyText,
  intakeLimits,
  Pressure,
  receive,
  rejectBody,
  TooBusy,
  type Received,
} from "../openlineage/intake.ts";

interface Entered {
  readonly grow: (more: number) => void;
  readonly leave: () => void;
}

/**
 * What OpenLineage clients send to: `POST /api/v1/lineage` and `/batch` of OpenLineage's specification, and OpenMetadata's own
 * `/api/v1/openlineage/lineage` and `/batch`. An answer means stored.
 */
export function openLineageRoutes(app: FastifyInstance, parts: ServerParts): void {
  const applier = applierOf(app, parts);
  const pressure = new Pressure(intakeLimits);
  void app.register((scope, _options, done) => {
    const entered = new WeakMap<FastifyRequest, Entered>();
    const leave = (request: FastifyRequest): void => entered.get(request)?.leave();
    readBuffers(scope);
    // After the guards of `onRequest`, before the body is read.
    scope.addHook("preParsing", async (request) => {
      entered.set(request, pressure.enter(Number(request.headers["content-length"] ?? 0)));
    });
    scope.addHook("onResponse", async (request) => {
      leave(request);
    });
    scope.addHook("onRequestAbort", async (request) => {
      leave(request);
    });

    scope.setErrorHandler(async (error, _request, reply) => {
      if (error instanceof TooBusy) reply.header("retry-after", String(error.retryAfter));
      throw error;
    });

    const bodyLimit = intakeLimits.body;
    const read = (request: FastifyRequest): Promise<unknown> => readJson(parts, request, entered.get(request));
    const take = async (bodies: readonly unknown[]): Promise<Received[]> => {
      const received = await receive(parts, bodies, Date.now());
      if (received.some((one) => one.ok && !one.duplicate)) applier.wake();
      return received;
    };
    const single = async (request: FastifyRequest): Promise<Extract<Received, { ok: true }>> => {
      const [one] = await take([await read(request)]);
      if (!one?.ok) throw new Refusal(400, one?.reason ?? "no event");
      return one;
    };

    scope.post("/api/v1/lineage", { bodyLimit }, async (request, reply) => {
      const { id, duplicate } = await single(request);
      return reply.code(201).send({ id: String(id), duplicate });
    });
    scope.post("/api/v1/lineage/batch", { bodyLimit }, async (request) => {
      const body = await read(request);
      if (!Array.isArray(body)) throw await refused(parts, "a batch must be a JSON array of events", body);
      return batchAnswer(await take(body));
    });
    scope.post("/api/v1/openlineage/lineage", { bodyLimit }, async (request) => {
      await single(request);
      return { status: "success", message: "The event is stored" };
    });
    scope.post("/api/v1/openlineage/lineage/batch", { bodyLimit }, async (request) => {
      const body = await read(request);
      const events = (body as { events?: unknown } | null)?.events;
      if (!Array.isArray(events)) throw await refused(parts, "a batch must be an object with a list of `events`", body);
      return openMetadataAnswer(await take(events));
    });
    done();
  });
}

/** Bodies as they come, whatever their type says: they may be packed, and what is no JSON is kept. */
function readBuffers(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });
}

async function readJson(parts: ServerParts, request: FastifyRequest, entered: Entered | undefined): Promise<unknown> {
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const text = await bodyText(raw, request.headers["content-encoding"], intakeLimits.body);
  entered?.grow(Math.max(0, Buffer.byteLength(text) - Number(request.headers["content-length"] ?? 0)));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw await refused(parts, "the body is no JSON", text);
  }
}

async function refused(parts: ServerParts, reason: string, body: unknown): Promise<Refusal> {
  await rejectBody(parts, reason, body);
  return new Refusal(400, reason);
}

/** OpenLineage's OpenAPI, `postEventBatch`. */
function batchAnswer(received: readonly Received[]): object {
  const failed = failures(received);
  return {
    status: failed.length === 0 ? "success" : "partial_success",
    summary: {
      received: received.length,
      successful: received.length - failed.length,
      failed: failed.length,
      retriable: 0,
      non_retriable: failed.length,
    },
    failed_events: failed,
  };
}

/** OpenMetadata: api/lineage/openlineage/openLineageResponse.json. */
function openMetadataAnswer(received: readonly Received[]): object {
  const failed = failures(received);
  const successful = received.length - failed.length;
  return {
    status: failed.length === 0 ? "success" : successful > 0 ? "partial_success" : "failure",
    summary: { received: received.length, successful, failed: failed.length, skipped: 0 },
    failedEvents: failed,
  };
}

function failures(received: readonly Received[]): { index: number; reason: string; retriable: boolean }[] {
  return received.flatMap((one, index) => (one.ok ? [] : [{ index, reason: one.reason, retriable: false }]));
}
