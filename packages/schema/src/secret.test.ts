import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { isSecret, Secret, secret } from "./secret.ts";

const canary = "canary-8d1f";

describe("a secret", () => {
  const held = { password: new Secret(canary) };

  test.each<[string, () => string]>([
    ["text", () => `${held.password.toString()} ${String(held.password)}`],
    ["JSON", () => JSON.stringify(held)],
    ["inspection", () => inspect(held, { showHidden: true, depth: 9 })],
    ["an error", () => new Error("failed", { cause: held }).message + inspect(new Error("x", { cause: held }))],
    ["its own keys", () => Object.keys(held.password).join() + Object.values(held.password).join()],
  ])("is not in %s", (_, output) => {
    expect(output()).not.toContain(canary);
  });

  test("is given away by reveal only", () => {
    expect(held.password.reveal()).toBe(canary);
  });

  test("a clone holds nothing", () => {
    expect(inspect(structuredClone(held.password))).not.toContain(canary);
  });
});

describe("a secret of the configuration", () => {
  const schema = z.strictObject({ password: secret() });

  test("comes in as text or as a secret, and is a secret then", () => {
    const { password } = schema.parse({ password: canary });
    expect(password.reveal()).toBe(canary);
    expect(schema.parse({ password }).password).toBe(password);
  });

  test("nothing else will do, and the message says nothing of it", () => {
    const result = schema.safeParse({ password: 12345 });
    expect(result.error?.issues[0]?.message).toBe("Invalid input: expected string");
    expect(JSON.stringify(result.error?.issues)).not.toContain("12345");
  });

  test("is marked in the JSON Schema", () => {
    expect(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })).toMatchObject({
      properties: { password: { type: "string", secret: true } },
    });
  });

  test("one of another copy of the package is known, other values are not", () => {
    expect(isSecret({ [Symbol.for("omd.secret")]: true })).toBe(true);
    expect([null, undefined, "x", {}].some(isSecret)).toBe(false);
  });
});
