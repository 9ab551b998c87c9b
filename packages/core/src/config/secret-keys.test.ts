import { expect, test } from "@jest/globals";
import { isSecretKey } from "./secret-keys.ts";

test.each(
  "password jwtToken token apiKey api_key apiSecret awsSecretAccessKey privateKey privateKeyPassphrase clientSecret accessToken sasl.password sasl.jaas.config connectionString Authorization".split(
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
