import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loginTokenAuth } from "./auth.ts";
import { linkPages, tokenPages } from "./chained-pages.ts";
import { record, recordedLines, replay } from "../test/local-recording.ts";
import { sendJson } from "../test/local-server.ts";
import type { HttpClient, HttpRuntime } from "./types.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "omd-record-"));
});
afterEach(() => rm(directory, { recursive: true }));

const identity = (value: unknown): unknown => value;

describe("replay", () => {
  test("a 401 that was renewed is renewed again", async () => {
    const work = async (client: HttpClient, runtime: HttpRuntime): Promise<unknown> => {
      const login = runtime.client({ name: "login", baseUrl: client.baseUrl });
      const auth = loginTokenAuth({
        login: () =>
          login.json({ method: "POST", path: "/login", json: { password: "p" } }, (value) => ({
            token: (value as { token: string }).token,
          })),
      });
      const main = runtime.client({ name: "main", baseUrl: client.baseUrl, auth });
      return [
        await main.json({ path: "/x" }, identity),
        await main.json({ path: "/y" }, identity),
        runtime.figures()["main"]?.byStatus,
      ];
    };
    let issued = 0;
    const live = await record(
      directory,
      (asked, response) => {
        if (asked.url.pathname.endsWith("login")) sendJson(response, { token: `token-number-${(issued += 1)}` });
        else if (asked.headers.authorization === "Bearer token-number-1") sendJson(response, {}, 401);
        else sendJson(response, { path: asked.url.pathname });
      },
      work,
    );
    expect(live).toEqual([{ path: "/api/x" }, { path: "/api/y" }, { 401: 1, 200: 2 }]);
    const again = await replay(directory, work);
    expect(again).toEqual(live);
    expect(JSON.stringify(await recordedLines(directory, "login"))).not.toContain("token-number");
  });

  test("paged listings replay under another address", async () => {
    const parse = (value: unknown) => value as { rows: number[]; next?: string };
    const read = async (client: HttpClient): Promise<number[]> => {
      const rows: number[] = [];
      for await (const page of linkPages(client, { request: { path: "/rows" }, parse })) rows.push(...page);
      for await (const page of tokenPages(client, { request: { path: "/rows" }, param: "page_token", parse }))
        rows.push(...page);
      return rows;
    };
    const live = await record(
      directory,
      (asked, response) => {
        const token = Number(asked.url.searchParams.get("page_token"));
        const more = token < 2;
        sendJson(
          response,
          { rows: [token], ...(more ? { next: String(token + 1), nextPageToken: "kept" } : {}) },
          200,
          more ? { link: `<http://${asked.headers.host}/api/rows?page_token=${token + 1}>; rel="next"` } : {},
        );
      },
      read,
    );
    expect(live).toEqual([0, 1, 2, 0, 1, 2]);
    expect(await replay(directory, read)).toEqual(live);
  });

  test("an unknown request, and an unknown client, are ERR_REPLAY that name it; nothing goes out", async () => {
    const server = await record(
      directory,
      (_, response) => sendJson(response, {}),
      async (client, _, at) => {
        await client.request({ path: "/known" });
        return at;
      },
    );
    await replay(
      directory,
      async (client, runtime) => {
        const unknown: unknown = await client
          .request({ method: "POST", path: "/other", json: { a: 1, password: "canary" } })
          .catch((error: unknown) => error);
        expect(unknown).toMatchObject({ code: "ERR_REPLAY", advice: "abort" });
        expect(String(unknown)).toContain('"path":"/other"');
        expect(String(unknown)).not.toContain("canary");
        await expect(client.request({ path: "/known", query: { a: 1 } })).rejects.toMatchObject({ code: "ERR_REPLAY" });
        const nobody = runtime.client({ name: "nobody", baseUrl: server.url });
        await expect(nobody.request({ path: "/known" })).rejects.toMatchObject({ code: "ERR_REPLAY" });
      },
      { baseUrl: `${server.url}/api` },
    );
    expect(server.asked).toHaveLength(1);
  });
});
