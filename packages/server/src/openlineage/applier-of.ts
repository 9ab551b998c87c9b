import type { FastifyInstance } from "fastify";
import type { ServerParts } from "../parts.ts";
import { EventApplier } from "./applier.ts";

/** Milliseconds between two looks at what waits. */
const lookMs = 1_000;

const appliers = new WeakMap<ServerParts, EventApplier>();

/** The one applier of a server: started with it, and ended before its catalog is. */
export function applierOf(app: FastifyInstance, parts: ServerParts): EventApplier {
  const known = appliers.get(parts);
  if (known) return known;
  const applier = new EventApplier(parts, (text) => {
    process.stderr.write(`${text}\n`);
  });
  appliers.set(parts, applier);
  let looking: NodeJS.Timeout | undefined;
  app.addHook("onReady", async () => {
    applier.wake();
    looking = setInterval(() => {
      applier.look();
    }, lookMs).unref();
  });
  app.addHook("onClose", async () => {
    clearInterval(looking);
    await applier.close();
  });
  return applier;
}
