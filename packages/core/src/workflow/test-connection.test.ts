import { expect, test } from "@jest/globals";
import type { Source, TestStep } from "../contracts/index.ts";
import { OmdError } from "../errors.ts";
import { requireMandatory, runTestSteps } from "./test-connection.ts";

const told: string[] = [];
function step(name: string, mandatory: boolean, ms: number, error?: Error): TestStep {
  return {
    name,
    description: name,
    mandatory,
    run: async () => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      told.push(`${name} ends`);
      if (error) throw error;
      return "fine";
    },
  };
}
const source = (...steps: TestStep[]): Source => ({
  name: "Fake",
  iter: async function* () {},
  testConnection: () => steps,
});

test("mandatory steps go one after the other, the rest side by side, and are told in the source's order", async () => {
  told.length = 0;
  const steps = [step("login", true, 5), step("runs", false, 20), step("list", true, 1), step("tags", false, 1)];
  const results = await runTestSteps(source(...steps));
  expect(results.map(({ name, passed }) => [name, passed])).toEqual([
    ["login", true],
    ["runs", true],
    ["list", true],
    ["tags", true],
  ]);
  const inTurn = ["login begins", "login ends", "list begins", "list ends"];
  expect(told).toEqual([...inTurn, "runs begins", "tags begins", "tags ends", "runs ends"]);
  expect(() => requireMandatory(results)).not.toThrow();
});

test("a mandatory step that fails ends them; an optional one is only told", async () => {
  told.length = 0;
  const refused = new OmdError("OMD_PERMISSION", "not allowed", { hint: "give it" });
  const optional = await runTestSteps(source(step("tags", false, 1, refused), step("list", true, 1)));
  expect(optional[0]).toMatchObject({ name: "tags", passed: false, message: "not allowed", hint: "give it" });
  expect(() => requireMandatory(optional)).not.toThrow();

  told.length = 0;
  const results = await runTestSteps(
    source(step("login", true, 1, refused), step("list", true, 1), step("a", false, 1)),
  );
  expect(results.map(({ name }) => name)).toEqual(["login"]);
  expect(told).toEqual(["login begins", "login ends"]);
  expect(() => requireMandatory(results)).toThrow("login failed: not allowed");
});
