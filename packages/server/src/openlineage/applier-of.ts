import type { FastifyInstance } from "fastify";
import type { ServerParts } from "../parts.ts";
import { EventApplier } from "./applier.ts";

const appliers = new WeakMap<ServerParts, EventApplier>();

/** The one applier of a server: started with it, and ended before its catalog is. */
export function applierOf(app: FastifyInstance, parts: ServerParts): EventApplier {
  const known = appliers.get(parts);
  if (known) return known;
  const applier = new EventApplier(parts, (text) => {
    process.stderr.write(`${text}\n`);
  });
  appliers.set(parts, applier);
  app.addHook("onReady", async () => {
    applier.wake();
  });
  app.addHook("onClose", async () => {
    await applier.close();
  });
  return applier;
}
