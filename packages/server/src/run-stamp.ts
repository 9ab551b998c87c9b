import { AsyncLocalStorage } from "node:async_hooks";
import { runHeader, type CatalogWriter } from "@omd/catalog";
import type { FastifyInstance } from "fastify";
import { Refusal } from "./answers.ts";

/** What the id of a run may be: it is shown, compared, and names a file. */
const runIds = /^[\w][\w.~-]{0,127}$/;

const current = new AsyncLocalStorage<string>();

/** Throws Refusal 400 for what is no id of a run. */
export function runIdOf(given: unknown): string {
  if (typeof given === "string" && runIds.test(given)) return given;
  throw new Refusal(400, "The id of a run has 1 to 128 letters, digits and . _ ~ -");
}

/** Remembers for each request the run that its header names. */
export function readRunHeader(app: FastifyInstance): void {
  // Not earlier: the events of a body that arrives leave the context.
  app.addHook("preHandler", (request, _reply, done) => {
    const given = request.headers[runHeader];
    if (given === undefined) done();
    else current.run(runIdOf(given), done);
  });
}

/** The writer, with writes of a request that names a run stamped with it. */
export function stampedWriter(writer: CatalogWriter): CatalogWriter {
  return new Proxy(writer, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return (...args: unknown[]): unknown => {
        const runId = current.getStore();
        return runId === undefined ? Reflect.apply(method, target, args) : target.writeAs(runId, String(name), args);
      };
    },
  });
}
