import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "../embedded/embedded-catalog.ts";
import { sentError, type Answer, type Call, type Message } from "./messages.ts";

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** Sends what one turn of the event loop answers, such as a group of writes, in one message. */
class Answers {
  readonly #port: MessagePort;
  #gathered: Answer[] = [];

  constructor(port: MessagePort) {
    this.#port = port;
  }

  add(answer: Answer): void {
    // Ticks follow once no promise has anything to do.
    if (this.#gathered.length === 0) process.nextTick(() => this.send());
    this.#gathered.push(answer);
  }

  send(): void {
    const answers = this.#gathered;
    this.#gathered = [];
    if (answers.length > 0) this.#port.postMessage({ kind: "answers", answers } satisfies Message, []);
  }
}

function start(): void {
  const port = parentPort;
  if (!port) return;
  let catalog: EmbeddedCatalog;
  try {
    catalog = openEmbeddedCatalog(workerData as { file: string });
  } catch (error) {
    port.postMessage({ kind: "refused", error: sentError(error) } satisfies Message);
    return;
  }
  const methods = catalog as unknown as Methods;
  const answers = new Answers(port);
  const run = async ({ id, method, args }: Call): Promise<void> => {
    try {
      if (typeof methods[method] !== "function") throw new TypeError(`The catalog has no method ${method}`);
      const value = await methods[method](...args);
      if (id !== undefined) answers.add({ id, value });
    } catch (error) {
      if (id !== undefined) answers.add({ id, error: sentError(error) });
    }
    if (method === "close") {
      answers.send();
      port.close();
    }
  };
  port.on("message", (calls: readonly Call[]) => {
    for (const call of calls) void run(call);
  });
  port.postMessage({ kind: "ready" } satisfies Message);
}

start();
