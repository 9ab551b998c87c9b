import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { record, recordedLines, replay } from "../test/local-recording.ts";
import { sendJson, type Answer } from "../test/local-server.ts";
import { tokenPages } from "./chained-pages.ts";
import { Redactor } from "./redact.ts";
import type { HttpClient } from "./types.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "omd-kept-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** Three pages, by a query parameter and field of one name. */
const pages =
  (key: string): Answer =>
  (asked, response) => {
    const page = Number(asked.url.searchParams.get(key)?.slice(5) ?? 1);
    sendJson(response, { rows: [page], password: "pw-canary", ...(page < 3 ? { [key]: `page-${page + 1}` } : {}) });
  };

async function read(client: HttpClient, key: string): Promise<number[]> {
  const rows: number[] = [];
  const parse = (value: unknown) => {
    const page = value as Record<string, string | undefined> & { rows: number[] };
    return { rows: page.rows, next: page[key] };
  };
  for await (const page of tokenPages(client, { request: { path: "/rows" }, param: key, parse })) rows.push(...page);
  return rows;
}

test.each(["nextToken", "pageToken", "next_page_token", "continuationToken", "cursor"])(
  "a listing by %s replays as it is",
  async (key) => {
    const work = (client: HttpClient): Promise<number[]> => read(client, key);
    expect(await record(directory, pages(key), work)).toEqual([1, 2, 3]);
    expect(await replay(directory, work)).toEqual([1, 2, 3]);
  },
);

test("one by a plain token does not, unless the key is kept", async () => {
  const work = (client: HttpClient): Promise<number[]> => read(client, "token");
  expect(await record(directory, pages("token"), work)).toEqual([1, 2, 3]);
  expect(JSON.stringify(await recordedLines(directory))).not.toContain("page-2");
  await expect(replay(directory, work)).rejects.toMatchObject({ code: "ERR_PAGING" });
  const kept = { keepInRecordings: ["Token"] };
  expect(await record(directory, pages("token"), work, kept)).toEqual([1, 2, 3]);
  expect(await replay(directory, work, kept)).toEqual([1, 2, 3]);
  const text = JSON.stringify(await recordedLines(directory));
  expect(text).toContain("page-2");
  expect(text).not.toContain("pw-canary");
});

test("a kept key is kept in texts and JSON, not below a secret one and not by value", () => {
  const run = new Redactor();
  const kept = run.keeping(["token"]);
  run.remember({ authorization: "Bearer long-enough-token" });
  expect(kept.json({ token: "t", access_token: "a", secret: { token: "b" } })).toEqual({
    token: "t",
    access_token: "***",
    secret: { token: "***" },
  });
  expect(kept.text("https://h/?token=abc&sig=abc")).toBe("https://h/?token=abc&sig=***");
  expect(kept.json({ token: "long-enough-token" })).toEqual({ token: "***" });
  expect(run.text("https://h/?token=abc")).toBe("https://h/?token=***");
  expect(run.keeping([])).toBe(run);
});
