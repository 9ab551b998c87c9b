import type { LineageEvent } from "@omd/catalog";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../answers.ts";
import { applierOf } from "../openlineage/applier-of.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, wholeNumber } from "../query.ts";

/** OpenLineage events for the page: what came, what became of it, what could not be read. */
export function eventRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { catalog, writer } = parts;
  const applier = applierOf(app, parts);

  app.get("/api/omd/events", (request) => {
    const query = queryOf(request);
    const limit = wholeNumber(query, "limit", { min: 1, max: 1000 }) ?? 50;
    const before = wholeNumber(query, "before", { min: 1, max: Number.MAX_SAFE_INTEGER });
    const found = catalog.events.list({ limit: limit + 1, before });
    const events = found.slice(0, limit);
    const last = events.at(-1);
    return { events: events.map(shown), ...(found.length > limit && last ? { next: String(last.id) } : {}) };
  });

  app.get<{ Params: { id: string } }>("/api/omd/events/:id", ({ params }) => {
    const found = catalog.events.get(idOf(params.id));
    if (!found) throw new Refusal(404, `There is no event ${params.id}`);
    return { ...shown(found.event), event: found.body };
  });

  app.post<{ Params: { id: string } }>("/api/omd/events/:id/apply", async ({ params }) => {
    const id = idOf(params.id);
    if ((await writer.writeEvents("again", [id])) === 0) throw new Refusal(404, `There is no event ${params.id}`);
    await applier.until(() => catalog.events.get(id)?.event.state !== "waiting");
    const found = catalog.events.get(id);
    if (!found) throw new Refusal(404, `There is no event ${params.id}`);
    return shown(found.event);
  });

  app.post("/api/omd/events/apply", async (_request, reply) => {
    const waiting = await writer.writeEvents("again", []);
    applier.wake();
    return reply.code(202).send({ waiting });
  });

  app.get("/api/omd/dead-letters", (request) => {
    const limit = wholeNumber(queryOf(request), "limit", { min: 1, max: 1000 }) ?? 50;
    return { letters: catalog.events.deadLetters(limit).map((letter) => ({ ...letter, id: String(letter.id) })) };
  });
}

function idOf(text: string): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1) throw new Refusal(404, `There is no event ${text}`);
  return id;
}

/** Of a dataset event the dataset stands alone: it is neither read nor written by anything. */
function shown({ id, state, note, outputs, ...event }: LineageEvent): object {
  const isDataset = event.kind === "dataset";
  return {
    ...event,
    ...(isDataset ? { dataset: outputs[0] } : {}),
    outputs: isDataset ? [] : outputs,
    id: String(id),
    applied: state === "applied",
    ...(state === "waiting" ? { note: "waits to be applied" } : note === undefined ? {} : { note }),
  };
}
