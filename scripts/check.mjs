/** Format, lint, types, dead code and the doors between the rooms: `npm run check`. */
import { isMain, prepare, run } from "./setup.mjs";

const checks = [
  ["format", "prettier", ["--check", "--log-level", "warn", "."]],
  ["lint", "oxlint", ["--type-aware", "--deny-warnings", "--quiet"]],
  ["types", "tsc", ["-p", "tsconfig.json"]],
  ["dead code", "knip", ["--no-progress"]],
  ["doors and circles", "depcruise", ["--config", ".dependency-cruiser.cjs", "--output-type", "err", "packages", "plugins"]],
];

/** Runs all checks, one after the other, and tells what failed. */
export async function checkAll() {
  const counts = { passed: 0, failed: 0 };
  for (const [name, command, args] of checks) {
    const started = Date.now();
    const code = await run(command, args, { quiet: true });
    counts[code === 0 ? "passed" : "failed"] += 1;
    process.stdout.write(`${code === 0 ? "ok    " : "FAILED"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
  }
  return counts;
}

if (isMain(import.meta.url)) {
  prepare();
  const { passed, failed } = await checkAll();
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
