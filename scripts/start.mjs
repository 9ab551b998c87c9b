/**
 * `npm start`: installs, builds, and shows omd at work on what a real dbt left behind and on recorded answers of a real Airflow, which writes
 * the tables that dbt begins with. Needs no server and no account.
 * On a terminal it ends by serving the page; elsewhere it ends by itself. `npm start -- --port 9000` hands its flags to `omd serve`.
 */
import { prepare, run, runUntilInterrupted } from "./setup.mjs";

const omd = "packages/cli/bin/run.js";
const airflow = "examples/airflow-recorded";
const steps = [
  { command: "turbo", args: ["run", "build", "--output-logs=errors-only"] },
  { command: "node", args: [omd, "ingest", "-c", "examples/dbt/dbt.yaml"] },
  { command: "node", args: [omd, "ingest", "-c", `${airflow}/airflow.yaml`, "--replay", `${airflow}/recording`] },
  { command: "node", args: [omd, "catalog", "list", "--type", "pipeline"] },
  { command: "node", args: [omd, "catalog", "get", "airflow.bakery_daily"] },
  { command: "node", args: [omd, "catalog", "lineage", "warehouse.bakery.public.loaves"] },
];
const graph = "/lineage/table/warehouse.bakery.public.loaves";
if (process.stdout.isTTY)
  steps.push({ command: "node", args: [omd, "serve", "--page", graph, ...process.argv.slice(2)], serves: true });

prepare();
for (const { command, args, serves } of steps) {
  process.stderr.write(`$ ${[command, ...args].join(" ")}\n`);
  const code = await (serves ? runUntilInterrupted : run)(command, args);
  if (code !== 0) {
    process.exitCode = code;
    break;
  }
}
