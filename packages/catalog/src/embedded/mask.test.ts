import { describe, expect, test } from "@jest/globals";
import { Secret } from "@omd/schema";
import { isSecretKey, mask, masked } from "./mask.ts";

describe("isSecretKey", () => {
  test.each([
    "password",
    "PASSWORD",
    "db_password",
    "token",
    "jwtToken",
    "client-secret",
    "privateKey",
    "private_key",
    "awsSecretAccessKey",
    "awsSessionToken",
    "apiKey",
    "api_key",
    "credentials",
    "sasl.jaas.config",
    "connectionString",
    "Authorization",
    "passwd",
  ])("%s holds a secret", (key) => expect(isSecretKey(key)).toBe(true));

  test.each([
    "username",
    "hostPort",
    "keyspace",
    "secretsManagerProvider",
    "tokenType",
    "privateKeyPath",
    "passes",
    "name",
  ])("%s holds none", (key) => expect(isSecretKey(key)).toBe(false));
});

describe("masked", () => {
  test("masks at any depth, in lists too", () => {
    const value = { type: "Airflow", auth: [{ basic: { username: "u", password: "canary" } }], hostPort: "http://a" };
    expect(masked(value)).toEqual({
      type: "Airflow",
      auth: [{ basic: { username: "u", password: mask } }],
      hostPort: "http://a",
    });
  });

  test("masks everything below a secret-like key but the type", () => {
    const value = { credentials: { gcpConfig: { type: "service_account", projectId: "canary", port: 1, on: true } } };
    expect(masked(value)).toEqual({
      credentials: { gcpConfig: { type: "service_account", projectId: mask, port: mask, on: true } },
    });
  });

  test("masks numbers, Secrets and name-value pairs", () => {
    expect(
      masked({ password: 12_345, x: new Secret("canary"), options: [{ name: "api_key", value: "canary" }] }),
    ).toEqual({ password: mask, x: mask, options: [{ name: "api_key", value: mask }] });
  });

  test("masks the password of a URL and keeps the rest", () => {
    expect(masked({ hostPort: "postgresql://omd:canary@db:5432/x?a=b" })).toEqual({
      hostPort: `postgresql://omd:${mask}@db:5432/x?a=b`,
    });
    expect(masked("redis://:canary@cache")).toBe(`redis://:${mask}@cache`);
  });

  test("leaves what is no secret as it is", () => {
    const value = { a: null, b: true, c: "http://host:8080/path@x", d: ["u@example.com"], password: "" };
    expect(masked(value)).toEqual(value);
  });

  test("takes a long word in time that grows with its length", () => {
    const word = "x".repeat(1_000_000);
    expect(masked([`${word}://u:canary@h`, word])).toEqual([`${word}://u:${mask}@h`, word]);
  });

  test("is stable: masking twice changes nothing", () => {
    const once = masked({ token: "canary", url: "http://a:canary@b" });
    expect(masked(once)).toEqual(once);
    expect(JSON.stringify(once)).not.toContain("canary");
  });
});
