import { readFile } from "node:fs/promises";
import path from "node:path";
import { serve, type Answer, type LocalServer } from "./local-server.ts";
import { createHttpRuntime } from "../src/runtime.ts";
import type { HttpClient, HttpClientOptions, HttpRuntime } from "../src/types.ts";

const retry = { baseMs: 1, limit: 3 };

/** Does `work` against a server and records it; "canary-value" is a secret by value. */
export async function record<T>(
  directory: string,
  answer: Answer,
  work: (client: HttpClient, runtime: HttpRuntime, server: LocalServer) => Promise<T>,
  options: Partial<HttpClientOptions> = {},
): Promise<T> {
  const server = await serve(answer);
  const runtime = createHttpRuntime({
    recordDir: directory,
    redact: (text) => text.replaceAll("canary-value", "***"),
  });
  try {
    const client = runtime.client({ name: "src", baseUrl: `${server.url}/api`, retry, ...options });
    return await work(client, runtime, server);
  } finally {
    await runtime.close();
    await server.close();
  }
}

/** Does `work` against the recording, under an address that does not exist. */
export async function replay<T>(
  directory: string,
  work: (client: HttpClient, runtime: HttpRuntime) => Promise<T>,
  options: Partial<HttpClientOptions> = {},
): Promise<T> {
  const runtime = createHttpRuntime({ replayDir: directory });
  try {
    const client = runtime.client({ name: "src", baseUrl: "https://replay.invalid:9/base", retry, ...options });
    return await work(client, runtime);
  } finally {
    await runtime.close();
  }
}

export interface Line {
  readonly request: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>>;
}

/** The lines of a recording. */
export async function recordedLines(directory: string, name = "src"): Promise<Line[]> {
  const text = await readFile(path.join(directory, `${name}.jsonl`), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}
