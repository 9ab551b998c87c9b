#!/usr/bin/env node
// Must be readable by any Node that has ESM: it is what tells the user that theirs is too old.
import diagnosticsChannel from "node:diagnostics_channel";
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = [22, 22];

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}

/** The binary of the npm package `node`, from here or from the working directory upwards. */
function newerNode() {
  for (const from of [process.cwd(), root]) {
    for (let dir = from; ; dir = dirname(dir)) {
      const found = join(dir, "node_modules", "node");
      const binary = join(found, "bin", process.platform === "win32" ? "node.exe" : "node");
      if (existsSync(binary) && isNewEnough(readJson(join(found, "package.json")).version)) return binary;
      if (dirname(dir) === dir) break;
    }
  }
  return undefined;
}

/** Runs the same command in another process; its signals and its exit code are ours. */
async function runIn(binary, args) {
  const { spawn } = await import("node:child_process");
  const child = spawn(binary, args, {
    stdio: "inherit",
    env: { ...process.env, OMD_STARTED_BY: process.versions.node },
  });
  // A terminal sends Ctrl-C to both; the child decides what it means.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.exitCode = await new Promise((resolve) => {
    child.on("error", (error) => {
      process.stderr.write(`${binary} could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.on("close", (code, signal) => resolve(signal === null ? code : 130));
  });
}

/** Only warnings that a user can do nothing about: SQLite in Node, and the package.json above a `.ts` connector. */
function hideNodeWarnings() {
  const emitWarning = process.emitWarning;
  process.emitWarning = function (warning, ...rest) {
    const type = typeof rest[0] === "object" && rest[0] !== null ? rest[0].type : rest[0];
    if (type === "ExperimentalWarning" && String(warning).includes("SQLite")) return;
    if (/Failed to load the ES module|Module type of file/.test(String(warning))) return;
    emitWarning.call(process, warning, ...rest);
  };
}

/**
 * How memory may grow: per cent of the heap between full collections, and bytes of a half of V8's space for new objects. Where answers of a server come in
 * pieces, all is short-lived, and more room would only be filled; where files are read, what is known of them lives on and would be looked through again and again.
 */
const growth = { served: { percent: 40, newSpace: 4 * 2 ** 20 }, local: { percent: 100, newSpace: 16 * 2 ** 20 } };

/**
 * Keeps memory flat. Node would rather let garbage pile up to some 400 MiB than collect it, and a run makes much of it: each page of an answer
 * lives for a moment only.
 */
function collectEarly() {
  v8.setFlagsFromString(`--heap-growing-percent=${growth.served.percent}`);
  v8.setFlagsFromString("--semi-space-growth-factor=1");
}

/** Lets the space for new objects grow, once the modules are loaded, for as long as that makes a run faster and no longer. */
function growNewSpace() {
  const answered = "http.client.response.finish";
  /** Whether there is room for more. */
  const grow = ({ percent, newSpace }) => {
    const { space_size: size } = v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    v8.setFlagsFromString(`--heap-growing-percent=${percent}`);
    v8.setFlagsFromString(`--semi-space-growth-factor=${size < 2 * newSpace ? 2 : 1}`);
    return size < 2 * newSpace;
  };
  const onAnswer = () => {
    clearInterval(timer);
    if (!grow(growth.served)) diagnosticsChannel.unsubscribe(answered, onAnswer);
  };
  // A timer alone could miss that the space grew twice; and not every source asks a server.
  diagnosticsChannel.subscribe(answered, onAnswer);
  const timer = setInterval(() => grow(growth.local) || clearInterval(timer), 250).unref();
}

async function start() {
  const argv = process.argv.slice(2);
  if (argv[0] === "--version" || argv[0] === "-v") {
    process.stdout.write(`omd ${readJson(join(root, "package.json")).version} (node ${process.versions.node})\n`);
    return;
  }
  if (!isNewEnough(process.versions.node)) {
    const binary = process.env.OMD_STARTED_BY === undefined ? newerNode() : undefined;
    if (binary !== undefined) return runIn(binary, [fileURLToPath(import.meta.url), ...argv]);
    process.stderr.write(
      `omd needs Node ${wanted.join(".")} or newer; this is Node ${process.versions.node}.\n` +
        "Install a current Node (https://nodejs.org), or put one beside your project: npm install node@24\n",
    );
    process.exitCode = 2;
    return;
  }
  hideNodeWarnings();
  const built = join(root, "dist", "main.js");
  if (!existsSync(built)) {
    // A clone that has not been built: the sources run as they are.
    return runIn(process.execPath, ["--conditions=@omd/source", join(root, "bin", "dev.js"), ...argv]);
  }
  if (module.enableCompileCache) module.enableCompileCache();
  const isRun = ["ingest", "ingest-dbt", "plan"].includes(argv[0]);
  if (isRun) collectEarly();
  const { main } = await import("../dist/main.js");
  if (isRun) growNewSpace();
  await main(argv, { root });
}

await start();
