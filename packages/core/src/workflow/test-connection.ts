import { isOmdError, OmdError } from "../errors.ts";
import type { Source, TestStepResult } from "../contracts/index.ts";

/** Runs the source's named steps in order; the first failed mandatory step ends them. */
export async function runTestSteps(source: Source): Promise<TestStepResult[]> {
  const results: TestStepResult[] = [];
  for (const step of source.testConnection?.() ?? []) {
    const { name, description, mandatory } = step;
    try {
      const message = await step.run();
      results.push({ name, description, mandatory, passed: true, message });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      results.push({
        name,
        description,
        mandatory,
        passed: false,
        message,
        hint: isOmdError(error) ? error.hint : undefined,
      });
      if (mandatory) break;
    }
  }
  return results;
}

/** Throws OMD_CONNECTION for the mandatory step that failed. */
export function requireMandatory(results: readonly TestStepResult[]): void {
  const failed = results.find((result) => result.mandatory && !result.passed);
  if (failed)
    throw new OmdError("OMD_CONNECTION", `${failed.name} failed: ${failed.message ?? "no reason given"}`, {
      hint: failed.hint,
    });
}
