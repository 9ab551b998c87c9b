import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { CatalogError } from "@omd/core";
import { Secret } from "@omd/schema";
import { interpolateHeaders, readToken, restAuth, tlsOptions } from "./credentials.ts";

const dir = mkdtempSync(join(tmpdir(), "omd-credentials-"));
const file = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};
afterAll(() => {
  rmSync(dir, { recursive: true });
});

describe("the token", () => {
  test("is itself, or what the file of its name holds", () => {
    expect(readToken(" eyJ.a.b ")).toBe("eyJ.a.b");
    expect(readToken(file("token", "from.file\n"))).toBe("from.file");
    expect(readToken(dir)).toBe(dir);
    expect(readToken("Bearer eyJ.a.b")).toBe("eyJ.a.b");
    expect(readToken(file("scheme", "bearer  from.file"))).toBe("from.file");
    expect(readToken("x".repeat(5000))).toHaveLength(5000);
  });

  test("an empty file is an error that names it", () => {
    const path = file("empty", "\n");
    expect(() => readToken(path)).toThrow(CatalogError);
    expect(() => restAuth(path, {})).toThrow(path);
  });

  test("goes out as a bearer, or not at all", async () => {
    expect(await restAuth(new Secret("abc"), {}).headers(undefined)).toEqual({ Authorization: "Bearer abc" });
    expect(await restAuth(undefined, {}).headers(undefined)).toEqual({});
    expect(await restAuth("", {}).headers(undefined)).toEqual({});
  });

  test("of a file is read again when it was refused", async () => {
    const path = file("rotating", "one");
    const auth = restAuth(path, {});
    expect(await auth.renew?.(undefined)).toBe(false);
    file("rotating", "two");
    expect(await auth.renew?.(undefined)).toBe(true);
    expect(await auth.headers(undefined)).toEqual({ Authorization: "Bearer two" });
    expect(await restAuth("inline", {}).renew?.(undefined)).toBe(false);
  });
});

describe("extra headers", () => {
  test("may name other headers, without regard to case", () => {
    const filled = interpolateHeaders(
      { "Proxy-Authorization": "%(authorization)s", "X-Plain": "100%" },
      { Authorization: "Bearer t" },
    );
    expect(filled).toEqual({ "Proxy-Authorization": "Bearer t", "X-Plain": "100%" });
  });

  test("win over our own", async () => {
    const headers = await restAuth("t", {
      authorization: "Basic %(Authorization)s",
      "X-Type": "%(Content-type)s",
    }).headers(undefined);
    expect(headers).toEqual({ authorization: "Basic Bearer t", "X-Type": "application/json" });
  });

  test("that name one which is not sent are an error at once", () => {
    expect(() => restAuth(undefined, { "X-Auth": "%(Authorization)s" })).toThrow(
      /extraHeaders.X-Auth names the header/,
    );
    expect(() => interpolateHeaders({ a: "%(b)s" }, {})).toThrow(CatalogError);
  });
});

describe("TLS", () => {
  test.each([
    [undefined, "validate"],
    ["no-ssl", "validate"],
    ["validate", "validate"],
    ["ignore", "ignore"],
  ] as const)("verifySSL %s", (verifySSL, verify) => {
    expect(tlsOptions({ verifySSL }).verify).toBe(verify);
  });

  test("certificates are files", () => {
    const ca = file("ca.pem", "x");
    expect(tlsOptions({ sslConfig: { caCertificate: ca, sslKey: "" } })).toEqual({
      verify: "validate",
      caFile: ca,
      certFile: undefined,
      keyFile: undefined,
    });
    expect(() => tlsOptions({ sslConfig: { caCertificate: "/nowhere/ca.pem" } })).toThrow(
      expect.objectContaining({
        code: "OMD_CONFIG",
        message: expect.stringContaining("sslConfig.caCertificate names no file"),
      }),
    );
    expect(() => tlsOptions({ sslConfig: { sslKey: "-----BEGIN KEY-----" } })).toThrow("not a path");
  });
});
