import { describe, expect, test } from "@jest/globals";
import { checkVerdict, hostileScenario, type HostileOutcome } from "./verdict.ts";

const heals = hostileScenario("503-storm");
const never = hostileScenario("503-forever");
const limits = { deadlineMs: 1000, seen: ["a", "b"] };
const struck = { strikes: 1 };
const good: HostileOutcome = { exitCode: 0, deleted: 0, elapsedMs: 10, seen: ["b", "a"] };

describe("checkVerdict lets pass", () => {
  test("a green run when the trouble heals", () => {
    expect(() => checkVerdict(heals, good, limits, struck)).not.toThrow();
  });
  test.each([1, 3])("exit code %d when it does not", (exitCode) => {
    expect(() => checkVerdict(never, { ...good, exitCode, seen: ["a"] }, limits, struck)).not.toThrow();
  });
});

describe("checkVerdict refuses", () => {
  test.each<[string, typeof heals, Partial<HostileOutcome>, number]>([
    ["exit code 0", never, {}, 1],
    ["exit code 3", heals, { exitCode: 3 }, 1],
    ["exit code 1", heals, { exitCode: 1 }, 1],
    ["configuration", never, { exitCode: 2 }, 1],
    ["killed", never, { exitCode: undefined }, 1],
    ["crashed", never, { exitCode: 139 }, 1],
    ["2 entities were marked deleted", never, { exitCode: 3, deleted: 2 }, 1],
    ["took 2000 ms", heals, { elapsedMs: 2000 }, 1],
    ["1 are missing, for instance b", heals, { seen: ["a"] }, 1],
    ["never struck", heals, {}, 0],
  ])("%s", (message, scenario, change, strikes) => {
    expect(() => checkVerdict(scenario, { ...good, ...change }, limits, { strikes })).toThrow(message);
  });

  test("and names all that is wrong at once", () => {
    const bad = { exitCode: 0, deleted: 1, elapsedMs: 5000 };
    const verdict = () => checkVerdict(never, bad, limits, struck);
    expect(verdict).toThrow("503-forever: ");
    expect(verdict).toThrow(/exit code 0; 1 entities were marked deleted; the run took 5000 ms/u);
  });

  test("a scenario that there is not", () => {
    expect(() => hostileScenario("locusts")).toThrow("no hostile scenario locusts");
  });
});
