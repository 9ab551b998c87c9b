/**
 * `npm start`: installs, builds, and shows omd at work on recorded answers of a real Airflow. Needs no server and no account.
 * On a terminal it ends by serving the page; elsewhere it ends by itself. `npm start -- --port 9000` hands its flags to `omd serve`.
 */
import { prepare, run, runUntilInterrupted } from "./setup.mjs";

const omd = "packages/cli/bin/run.js";
const example = "examples/airflow-recorded";
const steps = [
  { command: "turbo", args: ["run", "build", "--output-logs=errors-only"] },
  { command: "node", args: [omd, "ingest", "-c", `${example}/airflow.yaml`, "--replay", `${example}/recording`] },
  { command: "node", args: [omd, "catalog", "list", "--type", "pipeline"] },
  { command: "node", args: [omd, "catalog", "get", "airflow.bakery_daily"] },
  { command: "node", args: [omd, "catalog", "lineage", "airflow.chain_2_clean"] },
];
if (process.stdout.isTTY) steps.push({ command: "node", args: [omd, "serve", ...process.argv.slice(2)], serves: true });

prepare();
for (const { command, args, serves } of steps) {
  process.stderr.write(`$ ${[command, ...args].join(" ")}\n`);
  const code = await (serves ? runUntilInterrupted : run)(command, args);
  if (code !== 0) {
    process.exitCode = code;
    break;
  }
}
