import { isOmdError, OmdError } from "../errors.ts";
import type { Source, TestStep, TestStepResult } from "../contracts/index.ts";

/** Runs the source's named steps: the mandatory ones in order, up to one that fails, then the others side by side. Results in the source's order. */
export async function runTestSteps(source: Source): Promise<TestStepResult[]> {
  const steps = source.testConnection?.() ?? [];
  const results = new Map<TestStep, TestStepResult>();
  const run = async (step: TestStep): Promise<boolean> => {
    const result = await runStep(step);
    results.set(step, result);
    return result.passed;
  };
  let usable = true;
  for (const step of steps) if (step.mandatory) usable &&= await run(step);
  if (usable) await Promise.all(steps.filter(({ mandatory }) => !mandatory).map(run));
  return steps.flatMap((step) => results.get(step) ?? []);
}

async function runStep(step: TestStep): Promise<TestStepResult> {
  const { name, description, mandatory } = step;
  try {
    return { name, description, mandatory, passed: true, message: await step.run() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = isOmdError(error) ? error.hint : undefined;
    return { name, description, mandatory, passed: false, message, hint };
  }
}

/** Throws OMD_CONNECTION for the mandatory step that failed. */
export function requireMandatory(results: readonly TestStepResult[]): void {
  const failed = results.find((result) => result.mandatory && !result.passed);
  if (failed)
    throw new OmdError("OMD_CONNECTION", `${failed.name} failed: ${failed.message ?? "no reason given"}`, {
      hint: failed.hint,
    });
}
