import { isHttpError, type HttpError } from "../src/errors.ts";
import { serve, type Answer, type LocalServer } from "./local-server.ts";
import { createHttpRuntime } from "../src/runtime.ts";
import type { HttpClient, HttpClientOptions, HttpRuntime, HttpRuntimeOptions } from "../src/types.ts";

const closers: (() => Promise<void>)[] = [];

/** Closes what the test has started. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0)) await close();
}

/** A server and a client of it, below `/api`, that retries quickly. */
export async function startClient(
  answer: Answer,
  options: Partial<HttpClientOptions> = {},
  runtimeOptions: HttpRuntimeOptions = {},
): Promise<{ server: LocalServer; runtime: HttpRuntime; client: HttpClient }> {
  const server = await serve(answer);
  const runtime = createHttpRuntime(runtimeOptions);
  closers.push(
    () => runtime.close(),
    () => server.close(),
  );
  const client = runtime.client({
    name: "test",
    baseUrl: `${server.url}/api/`,
    retry: { baseMs: 5, limit: 5 },
    ...options,
  });
  return { server, runtime, client };
}

/** The HttpError of a call that must fail. */
export async function failure(work: Promise<unknown>): Promise<HttpError> {
  try {
    await work;
  } catch (error) {
    if (isHttpError(error)) return error;
    throw error;
  }
  throw new Error("the call should have failed");
}
