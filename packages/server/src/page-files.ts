import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { openToAll } from "./guards.ts";

/** Where the built page of `@omd/ui` lies, whether or not it was built. */
export function pageDirectory(): string {
  return join(dirname(createRequire(import.meta.url).resolve("@omd/ui/package.json")), "dist");
}

const indexFile = "index.html";
/** Bundles have a hash in their names. */
const hashed = /^assets\//;

/** Styles may stand in attributes, as the graph places its nodes with them; scripts come from files of this server only. */
const contentPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Serves the page at `/`; its own paths (`/entity/…`) get the same page. */
export function servePage(app: FastifyInstance, directory: string): void {
  secureAnswers(app);
  const files = filesIn(directory);
  const built = files.has(indexFile);
  if (built) void app.register(fastifyStatic, { root: directory, serve: false });
  app.get<{ Params: { "*": string } }>("/*", openToAll, (request, reply) => {
    const path = request.params["*"];
    if (files.has(path)) return page(reply, path);
    // A bundle that is gone must not look like one.
    if (hashed.test(path)) return reply.callNotFound();
    return built ? page(reply, indexFile) : notBuilt(reply);
  });
  // What the API does not know is no path of the page.
  for (const path of ["/api", "/api/*"]) app.all(path, (_request, reply) => reply.callNotFound());
}

function page(reply: FastifyReply, file: string): FastifyReply {
  return hashed.test(file)
    ? reply.sendFile(file, { maxAge: "365d", immutable: true })
    : reply.header("Cache-Control", "no-cache").sendFile(file, { cacheControl: false });
}

function notBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .type("text/plain; charset=utf-8")
    .send("The page of omd is not built: npm run build makes it. The API answers below /api/v1.\n");
}

function secureAnswers(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply, payload) => {
    void reply.headers({
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
      "Referrer-Policy": "no-referrer",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Content-Security-Policy": contentPolicy,
    });
    if (!reply.hasHeader("Cache-Control")) void reply.header("Cache-Control", "no-store");
    return payload;
  });
}

function filesIn(directory: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Set(
      entries.map(({ parentPath, name }) =>
        join(parentPath, name)
          .slice(directory.length + 1)
          .replaceAll(sep, "/"),
      ),
    );
  } catch {
    return new Set();
  }
}
