import { describe, expect, test } from "@jest/globals";
import {
  collectSource,
  HostileVerdictError,
  hostileScenario,
  hostileScenarios,
  outcomeOf,
  runHostileScenario,
  simulatedListing,
} from "@omd/testkit";
import { carelessSource, honestSource, rows } from "./sample-sources.ts";

const seen = rows.map(({ name }) => `pipeline ${name}`);

function options(source: typeof honestSource) {
  return {
    target: simulatedListing(rows),
    pageCap: 5,
    deadlineMs: 15_000,
    seen,
    run: async (url: string) => outcomeOf(await collectSource(source, { connection: { hostPort: url } })),
  };
}

describe("a source that keeps the promises", () => {
  test.each(hostileScenarios.map(({ name }) => name))("passes %s", async (name) => {
    const scenario = hostileScenario(name);
    const outcome = await runHostileScenario(scenario, options(honestSource));
    expect(outcome.exitCode).toBe(scenario.expected === "complete" ? 0 : 3);
  });
});

describe("a careless source", () => {
  test.each([
    "page-cap",
    "empty-page",
    "refused-page",
    "503-forever",
    "cut-body",
    "forbidden-midway",
    "silence",
    "html-page",
  ])("is found out by %s", async (name) => {
    await expect(runHostileScenario(hostileScenario(name), options(carelessSource))).rejects.toThrow(
      HostileVerdictError,
    );
  });
});
