import { describe, expect, test } from "@jest/globals";
import { isSecretKey, Redactor } from "./redact.ts";

describe("secret keys", () => {
  test.each([
    "Authorization",
    "Proxy-Authorization",
    "cookie",
    "Set-Cookie",
    "password",
    "db_password",
    "passwd",
    "token",
    "access_token",
    "accessToken",
    "refresh-token",
    "id_token",
    "secret",
    "clientSecret",
    "api_key",
    "apiKey",
    "X-API-Key",
    "jwt",
    "jwt_token",
    "private_key",
    "secretAccessKey",
    "X-Amz-Signature",
    "sig",
    "X-Auth-Token",
    "sessionId",
  ])("%s is one", (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  test.each([
    "page_token",
    "nextPageToken",
    "next_token",
    "continuationToken",
    "prev_page_token",
    "tokens",
    "total_tokens",
    "author",
    "secretary",
    "key",
    "signature",
    "passwords_total",
    "cursor",
    "assertion",
  ])("%s is none", (key) => {
    expect(isSecretKey(key)).toBe(false);
  });
});

describe("redactor", () => {
  const redactor = new Redactor();

  test.each([
    ['{"password":"a b\\"c","user":"x"}', '{"password":"***","user":"x"}'],
    ['{"password": "cut off', '{"password": "***"'],
    ["password=abc&user=x", "password=***&user=x"],
    ["api_key: 'a b', rest", "api_key: '***', rest"],
    ["Authorization: Bearer abcdefgh.ij", "Authorization: *** ***"],
    ["sent Bearer abcdefgh12", "sent Bearer ***"],
    ["https://me:pw@host/x", "https://***@host/x"],
    ["at 12:30, https://host/a:b@c", "at 12:30, https://host/a:b@c"],
    ["x eyJhbGciOiJI.eyJzdWIiOiIx.abc-_1 y", "x *** y"],
    ["<http://h/x?page_token=p&token=abc>; rel=next", "<http://h/x?page_token=p&token=***>; rel=next"],
    ["nothing here: fine", "nothing here: fine"],
  ])("text %s", (text, clean) => {
    expect(redactor.text(text)).toBe(clean);
  });

  test("JSON, deep, keeping what is no text or number", () => {
    expect(
      redactor.json({
        a: [{ token: "t", n: 1 }],
        secret: { x: ["y", 5, true, null] },
        password: false,
        next_page_token: "p",
      }),
    ).toEqual({
      a: [{ token: "***", n: 1 }],
      secret: { x: ["***", "***", true, null] },
      password: false,
      next_page_token: "p",
    });
  });

  test("URLs inside of JSON texts", () => {
    expect(redactor.json({ uri: "postgres://u:pw@db:5432/x", at: "https://h/b?sig=abc&page=2#f" })).toEqual({
      uri: "postgres://***@db:5432/x",
      at: "https://h/b?sig=***&page=2#f",
    });
  });

  test("values that were sent are known again, the newest 64 of them, short ones not", () => {
    const own = new Redactor((text) => text.replaceAll("mine", "yours"));
    own.remember({ authorization: "Bearer first-long-token" });
    expect(own.text("echo first-long-token mine")).toBe("echo *** yours");
    own.remember({ "x-key": "admin" });
    expect(own.text("admin")).toBe("admin");
    for (let i = 0; i < 64; i += 1) own.remember({ "x-key": `long-enough-token-${i}-` });
    expect(own.value("first-long-token long-enough-token-63-")).toBe("first-long-token ***");
  });

  test("the start of a body is cut after the redaction", () => {
    const start = redactor.bodyStart(
      Buffer.from(JSON.stringify({ password: "s".repeat(600), rest: "r".repeat(9000) })),
    );
    expect(start).toHaveLength(500);
    expect(start).toMatch(/^\{"password":"\*\*\*","rest":"r+$/u);
  });
});
