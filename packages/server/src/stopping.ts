import type { FastifyInstance } from "fastify";
import { Refusal } from "./answers.ts";

/** While the server stops, what still comes over open connections is refused as everything is: JSON `{code, message}`, 503. */
export function refuseWhileStopping(app: FastifyInstance): void {
  let stopping = false;
  app.addHook("preClose", async () => {
    stopping = true;
  });
  app.addHook("onRequest", async (_request, reply) => {
    if (!stopping) return;
    void reply.header("connection", "close");
    throw new Refusal(503, "The server is stopping; what was asked is not done");
  });
}
