/** Stands in for the parser's thread: what it does with a query stands in the query. */
import { parentPort, threadId } from "node:worker_threads";
import type { Analysis } from "../src/sql/analyse.ts";
import type { Call, Reply } from "../src/sql/messages.ts";

const port = parentPort;
let asked = 0;
const send = (reply: Reply): void => {
  port?.postMessage(reply);
};

port?.on("message", ({ id, question: { sql, schema } }: Call) => {
  asked += 1;
  if (sql === "hang") for (;;);
  if (sql === "die") process.exit(7);
  if (sql === "throw") {
    send({ kind: "failed", id, message: "unreachable" });
    return;
  }
  const inputs = sql.startsWith("star") ? [["shop", "orders"]] : [];
  const to = JSON.stringify({ threadId, asked, schema });
  const analysis: Analysis = {
    answer: { tables: { inputs }, columns: [{ from: [], to }] },
    wantsSchema: sql.startsWith("star") && schema.length === 0,
  };
  send({ kind: "done", id, analysis });
});
send({ kind: "ready" });
