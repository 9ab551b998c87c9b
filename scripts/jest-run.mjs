/** Runs jest and counts its tests, also when it ends without a word. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./setup.mjs";

function readCounts(file) {
  try {
    const match = /(\d+) passed, (\d+) failed/.exec(readFileSync(file, "utf8"));
    return match ? { passed: Number(match[1]), failed: Number(match[2]) } : undefined;
  } catch {
    return undefined;
  }
}

/** Resolves with the counts; a run that failed without a failed test counts as one. */
export async function runJest(args, env = {}) {
  const dir = mkdtempSync(join(tmpdir(), "omd-tests-"));
  const file = join(dir, "counts");
  try {
    const code = await run("jest", args, {
      env: { NODE_OPTIONS: "--experimental-vm-modules --no-warnings", OMD_TEST_COUNTS: file, ...env },
    });
    const counts = readCounts(file) || { passed: 0, failed: 0 };
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
