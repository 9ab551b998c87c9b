import { parentPort, workerData } from "node:worker_threads";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { sentError, type Answer, type Call } from "./messages.ts";

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

function start(): void {
  const port = parentPort;
  if (!port) return;
  const answer = (message: Answer): void => {
    port.postMessage(message);
  };
  let catalog: EmbeddedCatalog;
  try {
    catalog = openEmbeddedCatalog(workerData as { file: string });
  } catch (error) {
    answer({ kind: "refused", error: sentError(error) });
    return;
  }
  const methods = catalog as unknown as Methods;
  port.on("message", ({ id, method, args }: Call) => {
    void (async () => {
      if (typeof methods[method] !== "function") throw new TypeError(`The catalog has no method ${method}`);
      return methods[method](...args);
    })()
      .then((value) => {
        answer({ kind: "done", id, value });
      })
      .catch((error: unknown) => {
        answer({ kind: "failed", id, error: sentError(error) });
      })
      .finally(() => {
        if (method === "close") port.close();
      });
  });
  answer({ kind: "ready" });
}

start();
