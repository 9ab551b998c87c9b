import type { HostileProxy, HostileProxyOptions } from "./proxy.ts";
import { startHostileProxy } from "./proxy.ts";
import { hostileScenarios, type HostileScenario } from "./scenarios.ts";

/** What came of a run against a hostile server. */
export interface HostileOutcome {
  /** `omd`'s: 0 complete, 1 failed, 2 bad configuration, 3 incomplete. Undefined: it was killed. */
  readonly exitCode: number | undefined;
  /** Entities marked deleted. */
  readonly deleted: number;
  /** Milliseconds. */
  readonly elapsedMs: number;
  /** Names of what was read, where known; compared with those of a run without trouble. */
  readonly seen?: readonly string[] | undefined;
}

export interface VerdictLimits {
  /** Milliseconds that a run may take. */
  readonly deadlineMs: number;
  /** What a run without trouble sees. */
  readonly seen?: readonly string[] | undefined;
}

/** A connector broke one of the promises. `problems` lists how. */
export class HostileVerdictError extends Error {
  override name = "HostileVerdictError";
  readonly scenario: string;
  readonly problems: readonly string[];
  constructor(scenario: string, problems: readonly string[]) {
    super(`${scenario}: ${problems.join("; ")}`);
    this.scenario = scenario;
    this.problems = problems;
  }
}

function* problemsOf(
  scenario: HostileScenario,
  outcome: HostileOutcome,
  limits: VerdictLimits,
  strikes: number,
): Generator<string> {
  const { exitCode, deleted, elapsedMs } = outcome;
  if (strikes === 0) yield "the fault never struck: nothing is proven (too few calls or rows, or `match` is wrong)";
  if (exitCode === undefined) yield "the run was killed";
  if (exitCode === 2) yield "the run did not get past its configuration (exit code 2)";
  if (exitCode !== undefined && ![0, 1, 2, 3].includes(exitCode)) yield `the run crashed (exit code ${exitCode})`;
  if (scenario.expected === "incomplete" && exitCode === 0) yield "the run is incomplete and ended with exit code 0";
  if (scenario.expected === "complete" && (exitCode === 1 || exitCode === 3))
    yield `the trouble passes, and still the run ended with exit code ${exitCode}`;
  if (deleted > 0) yield `${deleted} entities were marked deleted`;
  if (elapsedMs > limits.deadlineMs)
    yield `the run took ${Math.round(elapsedMs)} ms of ${limits.deadlineMs} ms allowed`;
  if (exitCode === 0 && limits.seen !== undefined && outcome.seen !== undefined) {
    const found = new Set(outcome.seen);
    const missing = limits.seen.filter((name) => !found.has(name));
    if (missing.length > 0) yield `green, and ${missing.length} are missing, for instance ${missing[0]}`;
  }
}

/** Never green when incomplete, never a delete, done in time. Throws a {@link HostileVerdictError} that lists all that is wrong. */
export function checkVerdict(
  scenario: HostileScenario,
  outcome: HostileOutcome,
  limits: VerdictLimits,
  proxy: Pick<HostileProxy, "strikes">,
): void {
  const problems = [...problemsOf(scenario, outcome, limits, proxy.strikes)];
  if (problems.length > 0) throw new HostileVerdictError(scenario.name, problems);
}

export interface HostileRunOptions extends Omit<HostileProxyOptions, "scenario">, VerdictLimits {
  /** Runs the connector against this base URL. */
  run(url: string): Promise<HostileOutcome>;
}

/** One scenario from start to verdict. Throws a {@link HostileVerdictError}. */
export async function runHostileScenario(
  scenario: HostileScenario,
  options: HostileRunOptions,
): Promise<HostileOutcome> {
  const proxy = await startHostileProxy({ ...options, scenario });
  try {
    const outcome = await options.run(proxy.url);
    checkVerdict(scenario, outcome, options, proxy);
    return outcome;
  } finally {
    await proxy.close();
  }
}

/** A scenario by its name. Throws when there is none. */
export function hostileScenario(name: string): HostileScenario {
  const found = hostileScenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new RangeError(`no hostile scenario ${name}`);
  return found;
}
