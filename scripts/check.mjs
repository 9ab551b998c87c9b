/** Format, lint, types, dead code and the doors between the rooms: `npm run check`. */
import { isMain, prepare, run } from "./setup.mjs";

const checks = [
  { name: "format", command: "prettier", args: ["--check", "--log-level", "warn", "."] },
  { name: "lint", command: "oxlint", args: ["--type-aware", "--deny-warnings", "--quiet"] },
  { name: "types", command: "tsc", args: ["-p", "tsconfig.json"] },
  { name: "types of the page", command: "tsc", args: ["-p", "packages/ui/tsconfig.json"] },
  { name: "dead code", command: "knip", args: ["--no-progress"] },
  {
    name: "doors and circles",
    command: "depcruise",
    args: ["--config", ".dependency-cruiser.cjs", "--output-type", "err", "packages", "plugins"],
  },
];

/** Runs all checks, one after the other, and tells what failed. */
export async function checkAll() {
  const counts = { passed: 0, failed: 0 };
  for (const { name, command, args } of checks) {
    const started = Date.now();
    const code = await run(command, args, { quiet: true });
    counts[code === 0 ? "passed" : "failed"] += 1;
    process.stdout.write(
      `${code === 0 ? "ok    " : "FAILED"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
    );
  }
  return counts;
}

if (isMain(import.meta.url)) {
  prepare();
  const { passed, failed } = await checkAll();
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
