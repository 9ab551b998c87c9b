import { parentPort } from "node:worker_threads";
import type { Call } from "../src/writer/messages.ts";

/** A writer that answers nothing and ends at the second call. */
let count = 0;
parentPort?.on("message", (calls: readonly Call[]) => {
  count += calls.length;
  if (count >= 2) process.exit(3);
});
parentPort?.postMessage({ kind: "ready" }, []);
