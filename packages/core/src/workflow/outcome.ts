import { isOmdError } from "../errors.ts";
import type { RunLedger } from "../ledger/run-ledger.ts";
import type { Report } from "../report/report.ts";
import type { RunAccount } from "../report/run-account.ts";

export interface OutcomeInput {
  readonly account: RunAccount;
  readonly ledger: RunLedger;
  readonly refused: Report["deletes"]["refused"];
  /** What `--only` asked for and the source has not got. */
  readonly notFound?: readonly string[] | undefined;
  /** What ended the run before its time. */
  readonly fatal: unknown;
  /** Of the run; aborted by its deadline or by who stopped it. */
  readonly signal: AbortSignal;
  /** Percent; a step with failures below it fails the run. */
  readonly successThreshold: number;
  readonly allowPartial: boolean;
}

/** Outcome and exit code: 0 complete, 1 failed, 3 incomplete (0 with `--allow-partial`). A run that lost anything is never green. */
export function judge(input: OutcomeInput): Pick<Report, "outcome" | "exitCode" | "reasons"> {
  const { account, ledger } = input;
  const failing = account.steps().filter((step) => step.errors > 0 && step.successPercent < input.successThreshold);
  const reasons = [
    ...endings(input),
    ...failing.map(
      (step) => `${step.name} is at ${step.successPercent} %, below the threshold of ${input.successThreshold} %`,
    ),
  ];
  if (isStopped(input.signal))
    return { outcome: "stopped", exitCode: 1, reasons: reasons.length > 0 ? reasons : ["the run was stopped"] };
  if (reasons.length > 0) return { outcome: "failed", exitCode: 1, reasons };

  for (const fqn of input.notFound ?? []) reasons.push(`--only ${fqn}: nothing of this name was found at the source`);
  for (const scope of ledger.scopes())
    if (scope.state !== "complete") reasons.push(`${scope.name} is ${scope.state}: ${scope.reasons.join("; ")}`);
  for (const refusal of input.refused) reasons.push(`deletes in ${refusal.scope} were refused: ${refusal.reason}`);
  if (account.failureCount > 0)
    reasons.push(`${account.failureCount} ${account.failureCount === 1 ? "record" : "records"} failed`);
  if (reasons.length > 0) return { outcome: "incomplete", exitCode: input.allowPartial ? 0 : 3, reasons };
  return { outcome: "complete", exitCode: 0, reasons };
}

/** What ended the run. What was under way when it was broken off may only say that it was broken off, so the cause comes first. */
function endings({ fatal, signal }: OutcomeInput): string[] {
  if (fatal === undefined) return [];
  const causes = signal.aborted && isOmdError(signal.reason) ? [signal.reason, fatal] : [fatal];
  return [...new Set(causes.map(describe))];
}

function isStopped({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(isOmdError(reason) && reason.code === "OMD_DEADLINE");
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return isOmdError(error) && error.hint !== undefined ? `${text}. ${error.hint}` : text;
}
