import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { findCanaries } from "./canary.ts";

const secret = 'canary/4f2b+p"w=&7';
const canaries = { password: secret };
let dir = "";

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "omd-canary-test-"));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

function formsIn(text: string): string[] {
  return findCanaries({ text }, canaries).map(({ form }) => form);
}

describe("a secret is found", () => {
  test.each([
    ["plain", `x ${secret} y`],
    ["json", JSON.stringify({ a: secret })],
    ["url", `?p=${encodeURIComponent(secret)}`],
    ["url", `?p=${encodeURIComponent(secret).toLowerCase()}`],
    ["xml", "<p>canary/4f2b+p&quot;w=&amp;7</p>"],
    ["hex", Buffer.from(secret).toString("hex").toUpperCase()],
    ["base64", Buffer.from(`admin:${secret}`).toString("base64")],
    ["base64", Buffer.from(`adm:${secret}`).toString("base64")],
    ["base64", Buffer.from(`ad:${secret}:and more`).toString("base64")],
  ])("%s", (form, text) => {
    expect(formsIn(text)).toContain(form);
  });

  test("in a form, where a blank is a plus", () => {
    const blanks = "canary with blanks";
    expect(findCanaries({ text: "p=canary+with+blanks" }, { blanks })).toEqual([
      { canary: "blanks", form: "form", where: "text" },
    ]);
  });

  test("in base64url, where it differs from base64", () => {
    const odd = "~~~???~~~???";
    const text = Buffer.from(odd).toString("base64url");
    expect(text).toMatch(/[-_]/u);
    expect(findCanaries({ text }, { odd }).map(({ form }) => form)).toContain("base64url");
  });

  test("in files below a directory, in their names, packed, and in SQLite", () => {
    mkdirSync(join(dir, "deep/er"), { recursive: true });
    writeFileSync(join(dir, "deep/er/log.txt"), `password=${secret}`);
    writeFileSync(join(dir, "packed.gz"), gzipSync(`password=${secret}`));
    const plain = "long-canary-in-a-name";
    writeFileSync(join(dir, plain), "");
    const db = new DatabaseSync(join(dir, "catalog.db"));
    db.exec("PRAGMA journal_mode=WAL; CREATE TABLE entity (json TEXT, raw BLOB, big INTEGER)");
    // Longer than a page, so that the bytes of the file hold it in pieces.
    db.prepare("INSERT INTO entity VALUES (?, ?, ?)").run(
      `${"x".repeat(4070)}${secret}`,
      Buffer.from(secret),
      2n ** 60n,
    );
    const hits = findCanaries(dir, { password: secret, name: plain });
    db.close();
    const places = hits.map(({ where }) => where.replace(dir, ""));
    expect(places).toEqual(
      expect.arrayContaining([
        "/deep/er/log.txt",
        "/packed.gz (unpacked)",
        `name of ${plain}`.replace(plain, `/${plain}`),
      ]),
    );
    expect(places).toEqual(expect.arrayContaining(["/catalog.db entity.json", "/catalog.db entity.raw"]));
  });
});

describe("nothing is found", () => {
  test("in texts without it", () => {
    expect(formsIn("canary/4f2b and a password")).toEqual([]);
  });
  test("and an empty search is an error, not a proof", () => {
    const empty = join(dir, "empty");
    mkdirSync(empty);
    expect(() => findCanaries(empty, canaries)).toThrow("nothing to search");
    expect(() => findCanaries({}, canaries)).toThrow("no text to search");
    expect(() => findCanaries({ a: "" }, {})).toThrow("no canary");
    expect(() => findCanaries({ a: "" }, { short: "abc" })).toThrow("at least 8 characters");
    expect(() => findCanaries(join(dir, "not-there"), canaries)).toThrow("ENOENT");
  });
});
