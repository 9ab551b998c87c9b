import { isOmdError } from "@omd/core";
import { InvalidNameError } from "@omd/schema";
import { ZodError } from "zod";

/** What the face sends back. */
export interface FaceAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON; undefined sends no body. */
  readonly body?: unknown;
}

/** An answer that a handler gives by throwing, in OpenMetadata's error form. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const ok = (body?: unknown): FaceAnswer => ({ status: 200, body });

export const notFound = (type: string, name: string): Refusal =>
  new Refusal(404, `${type} instance for ${name} not found`);

/** OpenMetadata's error body and its status for what a store threw. */
export function errorAnswer(error: unknown): FaceAnswer {
  const message = error instanceof Error ? error.message : String(error);
  const status = statusOf(error);
  return { status, body: { code: status, message } };
}

function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  if (error instanceof InvalidNameError || error instanceof ZodError || error instanceof SyntaxError) return 400;
  return isOmdError(error) ? (error.status ?? 500) : 500;
}
