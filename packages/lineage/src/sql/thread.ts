import { parentPort } from "node:worker_threads";
import { analyse } from "./analyse.ts";
import type { Call, Reply } from "./messages.ts";
import { polyglotParser } from "./polyglot.ts";

const port = parentPort;
const reply = (message: Reply): void => {
  port?.postMessage(message);
};

port?.on("message", ({ id, question }: Call) => {
  try {
    reply({ kind: "done", id, analysis: analyse(question, polyglotParser) });
  } catch (error) {
    reply({ kind: "failed", id, message: error instanceof Error ? error.message : String(error) });
  }
});
reply({ kind: "ready" });
