import { isOmdError } from "@omd/core";
import { InvalidNameError } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { ZodError } from "zod";

/** A refusal that is answered as `{code, message}` with its status. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** OpenMetadata's answer to a look-up of what is not there. */
export function notFound(type: string, what: string): Refusal {
  return new Refusal(404, `${type} instance for ${what} not found`);
}

interface ErrorBody {
  readonly code: number;
  readonly message: string;
}

/** What a client is told of an error; of our own faults nothing but that there was one. */
export function errorBody(error: unknown): ErrorBody {
  if (error instanceof Refusal) return { code: error.status, message: error.message };
  if (error instanceof InvalidNameError) return { code: 400, message: error.message };
  if (error instanceof ZodError) return { code: 400, message: zodMessage(error) };
  if (isOmdError(error)) {
    // Without a status it is the catalog's file that failed: locked, full disk, damaged. Repeating is safe.
    if (error.status === undefined)
      return { code: 503, message: [error.message, error.hint].filter(Boolean).join(". ") };
    return { code: error.status, message: error.message };
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === "number" && status >= 400 && status < 500)
    return { code: status, message: error instanceof Error ? error.message : "Bad request" };
  return { code: 500, message: "Internal error; see the log of omd serve" };
}

/** What is wrong with a body, each finding with its path. */
export function zodMessage(error: ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`).join("; ");
}

/** Errors are always JSON `{code, message}`; `log` gets those of our own. */
export function answerErrors(app: FastifyInstance, log: (text: string) => void): void {
  app.setErrorHandler(async (error, request, reply) => {
    const body = errorBody(error);
    if (body.code >= 500 && !(error instanceof Refusal)) log(`${request.method} ${request.url}: ${described(error)}`);
    return reply.code(body.code).send(body);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const known = request.method === "GET" || request.method === "HEAD";
    const code = known ? 404 : 405;
    return reply.code(code).send({ code, message: known ? "HTTP 404 Not Found" : "HTTP 405 Method Not Allowed" });
  });
}

function described(error: unknown): string {
  if (isOmdError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
