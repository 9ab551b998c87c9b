/** `npm test`: all checks, then all tests that need no server. Arguments go to jest, and leave the checks out. */
import { checkAll } from "./check.mjs";
import { runJest } from "./jest-run.mjs";
import { prepare } from "./setup.mjs";

prepare();
const wanted = process.argv.slice(2);
const checks = wanted.length > 0 ? { passed: 0, failed: 0 } : await checkAll();
const tests = await runJest(wanted);
const passed = checks.passed + tests.passed;
const failed = checks.failed + tests.failed;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
