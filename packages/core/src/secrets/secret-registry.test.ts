import { describe, expect, test } from "@jest/globals";
import { SecretRegistry } from "./secret-registry.ts";

const canary = 'c4nary/"p&ss wörd+';

describe("SecretRegistry", () => {
  test.each([
    ["plain", canary],
    ["URL-encoded", `http://x/?p=${encodeURIComponent(canary)}`],
    ["inside JSON", JSON.stringify({ password: canary })],
    ["as Basic credentials", `Basic ${Buffer.from(`user:${canary}`).toString("base64")}`],
    ["as base64 at another offset", Buffer.from(`ab${canary}z`).toString("base64")],
  ])("removes a secret %s", (_form, text) => {
    const secrets = new SecretRegistry();
    secrets.add(canary);
    const redacted = secrets.redact(text);
    expect(redacted).toContain("*********");
    expect(redacted).not.toContain(canary);
    const decoded = redacted.replace("Basic ", "").replaceAll("*********", "");
    expect(Buffer.from(decoded, "base64").toString()).not.toContain(canary);
  });

  test("leaves other text alone, and very short values", () => {
    const secrets = new SecretRegistry();
    secrets.add("abc");
    expect(secrets.redact("abc def")).toBe("abc def");
  });

  test("takes the longer of two secrets that start alike", () => {
    const secrets = new SecretRegistry();
    secrets.add("token-1");
    secrets.add("token-1-long");
    expect(secrets.redact("x token-1-long y")).toBe("x ********* y");
  });

  test("redacts deep inside values, keys too", () => {
    const secrets = new SecretRegistry();
    secrets.add("hush-hush");
    expect(secrets.redactDeep({ a: ["x hush-hush"], "hush-hush": 1, n: null })).toEqual({
      a: ["x *********"],
      "*********": 1,
      n: null,
    });
  });
});
