import { expect, test } from "@jest/globals";
import { isSecretKey, urlPasswords } from "./secret-keys.ts";

test.each(
  "password jwtToken token apiKey api_key apiSecret awsSecretAccessKey privateKey privateKeyPassphrase clientSecret accessToken sasl.password sasl.jaas.config connectionString accountKey Authorization".split(
    " ",
  ),
)("%s is secret", (key) => {
  expect(isSecretKey(key)).toBe(true);
});

test.each(["hostPort", "tokenUrl", "secretsManagerProvider", "username", "passwordless", "type", 0, undefined])(
  "%s is not",
  (key) => {
    expect(isSecretKey(key)).toBe(false);
  },
);

test("passwords in URLs", () => {
  const text = "https://reader:p%40ss@x.example/a and s3://b/c:d@e postgres://u:p:w@h:5432/d";
  expect(urlPasswords(text)).toEqual(["p%40ss", "p@ss", "p:w"]);
  expect(urlPasswords(`${"x".repeat(200_000)}://`)).toEqual([]);
});
