/** `npm run test:systems`: starts real servers, runs `*.system.test.ts` against them, and always stops them. Arguments go to jest. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { runJest } from "./jest-run.mjs";
import { prepare, root, run, toolEnv } from "./setup.mjs";

const home = process.env.OMD_SYSTEMS_HOME || join(root, "systems", ".home");
const airflowScript = join(root, "systems", "airflow.sh");
const chromiumScript = join(root, "systems", "chromium.sh");
const schemaScript = join(root, "systems", "openmetadata-schemas.sh");
const openLineageScript = join(root, "systems", "openlineage.sh");
const clientScript = join(root, "systems", "python-client.sh");
const dbtScript = join(root, "systems", "dbt.sh");
/** Beside the versions that are always run, on DuckDB: `1.4 1.9`. */
const furtherDbt = (process.env.OMD_DBT_VERSIONS || "")
  .split(" ")
  .filter((version) => version !== "" && !["1.5", "1.8", "1.11"].includes(version));
const postgresScript = join(root, "systems", "postgres.sh");
const motoScript = join(root, "systems", "moto.sh");
const clientVersion = "1.12.8.10";
const airflows = [
  {
    prefix: "OMD_AIRFLOW2",
    version: process.env.OMD_AIRFLOW2_VERSION || "2.11.2",
    port: Number(process.env.OMD_AIRFLOW2_PORT || 0),
  },
  {
    prefix: "OMD_AIRFLOW3",
    version: process.env.OMD_AIRFLOW3_VERSION || "3.3.2",
    port: Number(process.env.OMD_AIRFLOW3_PORT || 0),
  },
];
/** Each waits for the proxy before an Airflow of its own, and longest of all: these run side by side, all others one at a time. */
const sideBySide = ["hostile-airflow2", "hostile-airflow3"].map((name) => `**/systems/${name}.system.test.ts`);
const schemaVersions = ["1.12.8.10", "2.0.7.0"];
const login = {
  OMD_AIRFLOW_USER: process.env.OMD_AIRFLOW_USER || "admin",
  OMD_AIRFLOW_PASSWORD: process.env.OMD_AIRFLOW_PASSWORD || "canary/4f2b+pw=",
};
const postgresPassword = process.env.OMD_POSTGRES_PASSWORD || "canary/pg+7=";
const base = { OMD_SYSTEMS_HOME: home, ...login, OMD_POSTGRES_PASSWORD: postgresPassword };

/** The wanted port, or any when it is 0 or somebody else has it. */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", () => (wanted === 0 ? reject(new Error("no free port")) : resolve(freePort(0))));
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function stopAll() {
  for (const script of [postgresScript, motoScript])
    spawnSync("bash", [script, "stop"], { env: toolEnv(base), stdio: ["ignore", 2, 2] });
  for (const { version } of airflows) {
    spawnSync("bash", [airflowScript, "stop", version], { env: toolEnv(base), stdio: ["ignore", 2, 2] });
  }
}

async function startAirflow({ prefix, version, port }) {
  const free = await freePort(port);
  // More DAGs than any page holds: Airflow caps a page at 100.
  const env = { ...base, OMD_AIRFLOW_PORT: String(free), OMD_SEED_MANY: process.env.OMD_SEED_MANY || "500" };
  for (const command of ["install", "start", "seed"]) {
    if ((await run("bash", [airflowScript, command, version], { env })) !== 0) {
      throw new Error(`Airflow ${version} did not ${command}`);
    }
  }
  const facts = join(home, `airflow-${version}`, "facts.json");
  const url = `http://127.0.0.1:${free}`;
  if (JSON.parse(readFileSync(facts, "utf8")).url !== url)
    throw new Error(`the facts of Airflow ${version} are of another server`);
  return {
    [`${prefix}_URL`]: url,
    [`${prefix}_FACTS`]: facts,
    [`${prefix}_VERSION`]: version,
    [`${prefix}_PORT`]: String(free),
  };
}

/** The tests run the command line as users do: built. */
async function build() {
  if ((await run("turbo", ["run", "build", "--output-logs=errors-only"])) !== 0) throw new Error("the build failed");
  return {};
}

async function makeSchemas() {
  if ((await run("bash", [schemaScript, ...schemaVersions], { env: base })) !== 0) {
    throw new Error("OpenMetadata's schemas could not be exported");
  }
  const dirs = schemaVersions.map((version) => join(home, `om-schemas-${version}`));
  return { OMD_OM_SCHEMAS: dirs[0], OMD_OM_SCHEMAS_2: dirs[1] };
}

async function installPythonClient() {
  if ((await run("bash", [clientScript, clientVersion], { env: base })) !== 0) {
    throw new Error("the Python client of OpenMetadata could not be installed");
  }
  return { OMD_PYTHON_CLIENT: join(home, `openmetadata-client-${clientVersion}`) };
}

/** OpenLineage's producers: their script finds them in the home. */
async function installOpenLineage() {
  if ((await run("bash", [openLineageScript, "install"], { env: base })) !== 0) {
    throw new Error("OpenLineage's producers could not be installed");
  }
  return {};
}

async function shell(script, args, problem, env = {}) {
  if ((await run("bash", [script, ...args], { env: { ...base, ...env } })) !== 0) throw new Error(problem);
}

/**
 * Real dbt runs its project with each version, one after the other: they share two processors with all else that starts here.
 * `otherPackage`: another package of Debian's that is being installed; its manager does one at a time.
 */
async function runDbt(otherPackage) {
  const places = join(home, "dbt-runs");
  const env = { OMD_POSTGRES_PORT: String(await freePort(0)) };
  for (const [version, target, ...less] of [
    ["1.5", "duckdb"],
    ["1.8", "duckdb"],
    ["1.11", "duckdb", "less"],
    ["1.11", "postgres", "less"],
    ...furtherDbt.map((further) => [further, "duckdb"]),
  ]) {
    if (target === "postgres") {
      await otherPackage.catch(() => undefined);
      await shell(postgresScript, ["start", env.OMD_POSTGRES_PORT], "PostgreSQL did not start");
    }
    const place = join(places, `${version}-${target}`);
    await shell(dbtScript, ["make", version, target, place, ...less], `dbt ${version} did not run on ${target}`, env);
  }
  await shell(dbtScript, ["billing", "1.11", join(places, "billing")], "dbt did not make its second project");
  return { OMD_DBT_RUNS: places };
}

async function startMoto() {
  const port = String(await freePort(0));
  await shell(motoScript, ["start", port], "moto did not start");
  return { OMD_MOTO_URL: `http://127.0.0.1:${port}` };
}

async function findChromium() {
  if ((await run("bash", [chromiumScript])) !== 0) throw new Error("there is no Chromium");
  return {};
}

/** Runs those of the files that the arguments ask for, which may be none of them. */
function runTests(files, options, env) {
  const matches = files.map((file) => `--testMatch=${file}`);
  return runJest([...matches, ...options, "--passWithNoTests", ...process.argv.slice(2)], env);
}

async function main() {
  const chromium = findChromium();
  const started = await Promise.allSettled([
    build(),
    ...airflows.map(startAirflow),
    makeSchemas(),
    installPythonClient(),
    installOpenLineage(),
    runDbt(chromium),
    startMoto(),
    chromium,
  ]);
  const broken = started.filter((result) => result.status === "rejected");
  for (const { reason } of broken) process.stdout.write(`FAILED ${reason.message}\n`);
  if (broken.length > 0) return { passed: 0, failed: broken.length };
  const env = Object.assign(
    { OMD_SYSTEMS: "1", OMD_AIRFLOW_SCRIPT: airflowScript, ...base },
    ...started.map((result) => result.value),
  );
  const together = await runTests(sideBySide, ["--maxWorkers=2"], env);
  // One file at a time: tests that take a DAG away must not do so under another's feet.
  const others = ["**/*.system.test.ts", ...sideBySide.map((file) => `!${file}`)];
  const oneByOne = await runTests(others, ["--runInBand"], env);
  return { passed: together.passed + oneByOne.passed, failed: together.failed + oneByOne.failed };
}

prepare();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    stopAll();
    process.exit(130);
  });
}
stopAll(); // what an earlier run may have left behind
let counts = { passed: 0, failed: 1 };
try {
  counts = await main();
} catch (error) {
  process.stdout.write(`FAILED ${error.stack}\n`);
} finally {
  stopAll();
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
