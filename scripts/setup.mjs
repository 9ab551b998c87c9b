/**
 * Makes a clean clone ready: checks Node, installs once, runs tools under the Node that the project pins.
 * Runs on any Node >= 18 without a dependency of its own.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const oldestNode = 18;
const ctrlC = 3;
const onWindows = process.platform === "win32";

function checkNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= oldestNode) return;
  process.stderr.write(
    `This needs Node ${oldestNode} or newer; you have ${process.versions.node}.\n` +
      "Install a current Node (https://nodejs.org) and run the command again; everything else is installed from there.\n",
  );
  process.exit(1);
}

/** Environment in which `node` and the tools are the pinned ones. */
export function toolEnv(more) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", ...more };
  const key = Object.keys(env).find((name) => name.toUpperCase() === "PATH") || "PATH";
  env[key] = bin + delimiter + (env[key] || "");
  return env;
}

function lockHash() {
  const hash = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"])
    hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function installed(stamp) {
  if (!existsSync(join(bin, onWindows ? "jest.cmd" : "jest"))) return false;
  return existsSync(stamp) && readFileSync(stamp, "utf8") === lockHash();
}

/** Installs what the lock file says, when it is not there yet or has changed since. Ends the process when it cannot. */
export function prepare() {
  checkNode();
  const stamp = join(root, "node_modules", ".omd-installed");
  if (installed(stamp)) return;
  const manager = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
  process.stderr.write(`Installing with ${manager} ...\n`);
  const result = spawnSync(
    "npx",
    ["-y", manager, "install", "--frozen-lockfile", "--config.confirmModulesPurge=false", "--loglevel=error"],
    {
      cwd: root,
      env: { ...process.env, npm_config_update_notifier: "false" },
      stdio: ["ignore", 2, 2],
      shell: onWindows,
    },
  );
  if (result.status !== 0) {
    process.stderr.write("The installation failed, see above. It needs npm and a reachable package registry.\n");
    process.exit(1);
  }
  writeFileSync(stamp, lockHash());
}

/** Runs a command to its end with the pinned tools on PATH; resolves with its exit code (1 when it could not start). */
export function run(command, args, { env, quiet } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: toolEnv(env),
      stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
      shell: onWindows,
    });
    const output = [];
    if (quiet) for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
    child.on("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on("close", (code) => {
      if (quiet && code !== 0) process.stdout.write(Buffer.concat(output));
      resolve(code === null ? 1 : code);
    });
  });
}

/** The pinned Node itself: the script of that name in `.bin` would end at a signal before the Node that it started. */
function pinnedNode() {
  const binary = join(root, "node_modules", "node", "bin", onWindows ? "node.exe" : "node");
  return existsSync(binary) ? binary : "node";
}

/**
 * Runs a command that ends at Ctrl-C; resolves with its exit code (128 + signal when one ended it). As a signal, Ctrl-C would also end npm and
 * the shells in between, and their exit code would be ours: while the command runs it is a key, which is handed on as a signal to the command alone.
 */
export function runUntilInterrupted(command, args) {
  return new Promise((resolve) => {
    const { stdin } = process;
    const asKey = stdin.isTTY && !onWindows;
    const child = spawn(command === "node" ? pinnedNode() : command, args, {
      cwd: root,
      env: toolEnv(),
      stdio: [asKey ? "ignore" : "inherit", "inherit", "inherit"],
    });
    const ignored = () => undefined;
    const ended = () => child.kill("SIGTERM");
    const pressed = (bytes) => bytes.includes(ctrlC) && child.kill("SIGINT");
    const release = () => {
      process.off("SIGINT", ignored);
      process.off("SIGTERM", ended);
      if (asKey) stdin.off("data", pressed).setRawMode(false).pause();
    };
    process.on("SIGINT", ignored);
    process.on("SIGTERM", ended);
    if (asKey) stdin.setRawMode(true).on("data", pressed);
    child.on("error", (error) => {
      release();
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on("close", (code, signal) => {
      release();
      resolve(code === null ? 128 + constants.signals[signal] : code);
    });
  });
}

/** Whether a script is the one that was started, and not imported. */
export function isMain(url) {
  return process.argv[1] !== undefined && fileURLToPath(url) === process.argv[1];
}
