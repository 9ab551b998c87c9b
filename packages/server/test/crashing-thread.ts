import { parentPort } from "node:worker_threads";

/** A writer that answers nothing and ends at the second call. */
let calls = 0;
parentPort?.on("message", () => {
  calls += 1;
  if (calls === 2) process.exit(3);
});
parentPort?.postMessage({ kind: "ready" }, []);
