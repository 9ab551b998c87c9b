import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const bin = join(import.meta.dirname, "..", "packages", "cli", "bin", "run.js");

/** `omd serve` of the built command line, with a home of its own. */
export interface ServedOmd {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What it printed so far. */
  output(): string;
  /** A request below `/api/v1`. Throws when the answer is an error and `expected` is another status. */
  get(path: string, expected?: number): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function untilAnswers(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`omd serve ended with ${String(child.exitCode)}: ${output()}`);
    const answer = await fetch(`${url}/api/v1/system/version`).catch(() => undefined);
    if (answer?.ok === true) return;
    await wait(100);
  }
  throw new Error(`omd serve did not answer within 30 s: ${output()}`);
}

/** Starts it and waits until it answers. `home` is its OMD_HOME. */
export async function startOmdServe(home: string): Promise<ServedOmd> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const child = spawn(process.execPath, [bin, "serve", "--port", String(port)], {
    env: { ...process.env, OMD_HOME: home, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => (text += part));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  await untilAnswers(url, child, () => text).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url,
    output: () => text,
    get: async (path, expected = 200) => {
      const answer = await fetch(`${url}/api/v1${path}`);
      const body = await answer.text();
      if (answer.status !== expected) throw new Error(`GET ${path}: ${String(answer.status)} ${body}`);
      return (body === "" ? {} : JSON.parse(body)) as Record<string, unknown>;
    },
    stop,
  };
}
