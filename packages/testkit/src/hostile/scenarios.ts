import type { Fault } from "./exchange.ts";
import * as faults from "./faults.ts";

/** `complete`: the trouble passes or can be lived with, the run must be green. `incomplete`: it must not be. */
export type Expected = "complete" | "incomplete";

export interface HostileScenario {
  readonly name: string;
  readonly description: string;
  readonly expected: Expected;
  /** A fault with a memory of its own; one for each run. */
  create(): Fault;
}

const hour = 3_600_000;
const tenMegabytes = 10 * 1024 * 1024;

function scenario(name: string, expected: Expected, description: string, create: () => Fault): HostileScenario {
  return { name, expected, description, create };
}

function storms(status: number): HostileScenario[] {
  return [
    scenario(`${status}-storm`, "complete", `three calls are answered ${status}, then all is well`, () =>
      faults.storm({ status, from: 2, calls: 3 }),
    ),
    scenario(`${status}-storm-retry-after`, "complete", `three calls are answered ${status} with Retry-After: 1`, () =>
      faults.storm({ status, from: 2, calls: 3, retryAfter: "1" }),
    ),
    scenario(`${status}-forever`, "incomplete", `from the second call on all is ${status}`, () =>
      faults.storm({ status, from: 2 }),
    ),
    scenario(
      `${status}-forever-retry-after`,
      "incomplete",
      `from the second call on all is ${status} with Retry-After: 86400`,
      () => faults.storm({ status, from: 2, retryAfter: "86400" }),
    ),
  ];
}

/** What a connector must live through or own up to. A scenario needs at least two matching calls, those of paging more rows than `pageCap`. */
export const hostileScenarios: readonly HostileScenario[] = [
  scenario("page-cap", "complete", "pages are smaller than asked for", faults.pageCap),
  scenario("empty-page", "incomplete", "a page before the total is empty", faults.emptyPage),
  scenario("refused-page", "incomplete", "past the first page: 400 with a JSON body", faults.refusedPage),
  scenario("repeated-page", "incomplete", "past the first page the first page comes again", faults.repeatedPage),
  ...storms(503),
  ...storms(429),
  scenario("cut-body-once", "complete", "one body ends in the middle", () => faults.cutBody(2, 1)),
  scenario("cut-body", "incomplete", "from the second call on each body ends in the middle", () => faults.cutBody(2)),
  scenario("forbidden-midway", "incomplete", "from the second call on all is 403", () =>
    faults.storm({ status: 403, from: 2 }),
  ),
  scenario("silence-once", "complete", "one call is never answered", () => faults.silence(2, 1)),
  scenario("silence", "incomplete", "from the second call on nothing is answered", () => faults.silence(2)),
  scenario("html-page", "incomplete", "from the second call on a sign-in page with status 200", () =>
    faults.htmlPage(2),
  ),
  scenario("large-answer", "complete", "each answer is 10 MiB longer than it need be", () =>
    faults.largeAnswer(tenMegabytes),
  ),
  scenario("clock-ahead", "complete", "the server's clock is 26 hours ahead", () => faults.clockSkew(26 * hour)),
  scenario("clock-behind", "complete", "the server's clock is 26 hours behind", () => faults.clockSkew(-26 * hour)),
];
