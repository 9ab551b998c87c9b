#!/usr/bin/env node
// Must be readable by any Node that has ESM: it is what tells the user that theirs is too old.
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

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

async function start() {
  const argv = process.argv.slice(2);
  const first = argv.find((word) => word !== "--json");
  if (first === "--version" || first === "-v") {
    const { version } = readJson(join(root, "package.json"));
    const { node } = process.versions;
    const asJson = argv.includes("--json");
    const text = asJson
      ? JSON.stringify({ name: "omd", version, node }, undefined, 2)
      : `omd ${version} (node ${node})`;
    process.stdout.write(`${text}\n`);
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
  // We have looked at the version ourselves; its look costs 15 ms.
  process.env.OCLIF_DISABLE_ENGINE_WARNING ??= "1";
  const isRun = ["ingest", "ingest-dbt", "plan"].includes(argv[0]);
  const isServer = ["serve", "ui"].includes(argv[0]);
  const memory = isRun || isServer ? await import("../dist/memory.js") : undefined;
  if (isRun) memory.collectEarly();
  const { main } = await import("../dist/main.js");
  if (isRun) memory.boundRun();
  if (isServer) memory.boundServer();
  await main(argv, { root });
}

await start();
