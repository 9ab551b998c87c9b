import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "@jest/globals";

const packageRoot = dirname(import.meta.dirname);
export const repositoryRoot = dirname(dirname(packageRoot));
export const csvExample = join(repositoryRoot, "examples/csv-database");
export const jobsExample = join(repositoryRoot, "examples/custom-pipeline");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Called with stderr as it grows, and with a way to signal the process. */
  readonly onStderr?: ((text: string, kill: (signal: NodeJS.Signals) => void) => void) | undefined;
}

/** Runs the command's sources as a user would run the built ones. */
export function omd(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return runNode(["--conditions=@omd/source", join(packageRoot, "bin/dev.js"), ...args], options);
}

/** Runs the published start file. */
export function omdBin(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return runNode([join(packageRoot, "bin/run.js"), ...args], options);
}

export function runNode(args: readonly string[], { cwd, env, onStderr }: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: cwd ?? tmpdir(),
      // No NODE_OPTIONS of the test runner.
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      onStderr?.(stderr, (signal) => child.kill(signal));
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const temporary: string[] = [];
afterAll(() => {
  for (const path of temporary.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** A directory that is removed after the tests of the file. */
export function temporaryDirectory(): { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "omd-cli-"));
  temporary.push(path);
  return { path };
}
