import { afterEach, describe, expect, test } from "@jest/globals";
import type { ServerResponse } from "node:http";
import { cursorPages, linkPages, tokenPages } from "./chained-pages.ts";
import { sendJson, serve, type Asked, type LocalServer } from "../test/local-server.ts";
import type { ChainedPage } from "./page.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpClient } from "./types.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(
  answer: (asked: Asked, response: ServerResponse, server: LocalServer) => void,
): Promise<{ server: LocalServer; client: HttpClient }> {
  const server: LocalServer = await serve((asked, response) => answer(asked, response, server));
  const runtime = createHttpRuntime();
  closers.push(
    () => runtime.close(),
    () => server.close(),
  );
  return { server, client: runtime.client({ name: "chain", baseUrl: `${server.url}/api` }) };
}

const parse = (value: unknown): ChainedPage<number, string> => value as ChainedPage<number, string>;

async function read(pages: AsyncIterable<readonly number[]>): Promise<{ rows: number[]; error: unknown }> {
  const rows: number[] = [];
  try {
    for await (const page of pages) rows.push(...page);
    return { rows, error: undefined };
  } catch (error) {
    return { rows, error };
  }
}

/** Answers by the value of `cursor`; a missing one is "". */
const byCursor =
  (pages: Record<string, { rows: number[]; next?: unknown; total?: number } | number>) =>
  (asked: Asked, response: ServerResponse): void => {
    const page = pages[asked.url.searchParams.get("cursor") ?? ""] ?? 400;
    if (typeof page === "number") sendJson(response, { rows: [], next: "" }, page);
    else sendJson(response, page);
  };

const byQuery = (cursor: string | undefined) => ({ path: "/rows", query: { cursor } });

describe("cursor pages", () => {
  test.each([undefined, null, ""])("reads to the page whose next is %j, over an empty page", async (end) => {
    const { client } = await start(
      byCursor({ "": { rows: [1, 2], next: "b" }, b: { rows: [], next: "c" }, c: { rows: [3], next: end } }),
    );
    const received: number[] = [];
    const observer = { announced: () => undefined, received: (rows: number) => received.push(rows) };
    expect(await read(cursorPages(client, { request: byQuery, parse, observer }))).toEqual({
      rows: [1, 2, 3],
      error: undefined,
    });
    expect(received).toEqual([2, 0, 1]);
  });

  test("a cursor that comes again is an error", async () => {
    const { server, client } = await start(
      byCursor({ "": { rows: [1], next: "b" }, b: { rows: [2], next: "c" }, c: { rows: [3], next: "b" } }),
    );
    const { rows, error } = await read(cursorPages(client, { request: byQuery, parse }));
    expect(rows).toEqual([1, 2, 3]);
    expect(error).toMatchObject({ code: "ERR_PAGING", advice: "skip" });
    expect(server.asked).toHaveLength(3);
  });

  test("a page that comes again under another cursor is an error", async () => {
    const { client } = await start(byCursor({ "": { rows: [1], next: "b" }, b: { rows: [1], next: "c" } }));
    expect((await read(cursorPages(client, { request: byQuery, parse }))).error).toMatchObject({ code: "ERR_PAGING" });
  });

  test("an end below the announced total is an error", async () => {
    const { client } = await start(byCursor({ "": { rows: [1], next: "b", total: 3 }, b: { rows: [2], total: 3 } }));
    const { rows, error } = await read(cursorPages(client, { request: byQuery, parse }));
    expect(rows).toEqual([1, 2]);
    expect(String(error)).toContain("ended after 2 rows of 3");
  });

  test("a refused cursor is an error, not the end", async () => {
    const { client } = await start(byCursor({ "": { rows: [1], next: "b" }, b: 400 }));
    expect(await read(cursorPages(client, { request: byQuery, parse }))).toMatchObject({
      rows: [1],
      error: { status: 400 },
    });
  });

  test("a cursor may be an object", async () => {
    const { client } = await start((asked, response) => {
      const { after } = JSON.parse(asked.body) as { after: { id: number } | undefined };
      const id = after?.id ?? 0;
      sendJson(response, { rows: [id], next: id < 3 ? { id: id + 1 } : null });
    });
    const pages = cursorPages<number, { id: number }>(client, {
      request: (after) => ({ method: "POST", path: "/rows", json: { after }, idempotent: true }),
      parse: (value) => value as ChainedPage<number, { id: number }>,
    });
    expect(await read(pages)).toEqual({ rows: [0, 1, 2, 3], error: undefined });
  });

  test("rows that are no array are ERR_SHAPE", async () => {
    const { client } = await start((_, response) => sendJson(response, { next: "b" }));
    expect((await read(cursorPages(client, { request: byQuery, parse }))).error).toMatchObject({ code: "ERR_SHAPE" });
  });
});

describe("token pages", () => {
  test("put the token into the query beside what is there", async () => {
    const { server, client } = await start((asked, response) => {
      const token = Number(asked.url.searchParams.get("page_token"));
      sendJson(response, { rows: [token], next: token < 2 ? String(token + 1) : undefined });
    });
    const pages = tokenPages(client, { request: { path: "/rows", query: { limit: 5 } }, param: "page_token", parse });
    expect((await read(pages)).rows).toEqual([0, 1, 2]);
    expect(server.asked.map(({ url }) => url.search)).toEqual([
      "?limit=5",
      "?limit=5&page_token=1",
      "?limit=5&page_token=2",
    ]);
  });

  test("put the token into a JSON body", async () => {
    const { server, client } = await start((asked, response) => {
      const { token } = JSON.parse(asked.body) as { token?: string };
      sendJson(response, { rows: [token === undefined ? 1 : 2], next: token === undefined ? "t" : "" });
    });
    const request = { method: "POST", path: "/list", json: { size: 1 }, idempotent: true } as const;
    expect((await read(tokenPages(client, { request, param: "token", parse }))).rows).toEqual([1, 2]);
    expect(server.asked.map(({ body }) => body)).toEqual(['{"size":1}', '{"size":1,"token":"t"}']);
  });
});

describe("link pages", () => {
  const linked = (to: (server: LocalServer, page: number) => string | undefined) =>
    start((asked, response, server) => {
      const page = Number(asked.url.searchParams.get("page") ?? 1);
      const link = to(server, page);
      sendJson(response, [page], 200, link === undefined ? {} : { link });
    });
  const options = {
    request: { path: "/rows", query: { per: 1 } },
    parse: (value: unknown) => ({ rows: value as number[] }),
  };

  test.each([
    ["absolute", (server: LocalServer, next: number) => `<${server.url}/api/rows?page=${next}>; rel="next"`],
    [
      "another scheme",
      (server: LocalServer, next: number) =>
        `<${server.url.replace("http:", "https:")}/api/rows?page=${next}>; rel=next`,
    ],
    ["path", (_: LocalServer, next: number) => `</api/rows?page=${next}>; rel="last next"`],
    [
      "query",
      (_: LocalServer, next: number) => `<?page=1>; rel="first", <?page=${next}>; title="a, b; rel=x"; rel="next"`,
    ],
  ])("follow an %s link", async (_, link) => {
    const { server, client } = await linked((at, page) => (page < 3 ? link(at, page + 1) : '<?page=1>; rel="first"'));
    expect(await read(linkPages(client, options))).toEqual({ rows: [1, 2, 3], error: undefined });
    expect(server.asked[0]?.url.search).toBe("?per=1");
  });

  test.each([
    ["<https://elsewhere.test/api/rows?page=2>; rel=next", "another host"],
    ["</other/rows?page=2>; rel=next", "outside"],
    ["</apix/rows?page=2>; rel=next", "outside"],
    ["<http://[>; rel=next", "not a URL"],
  ])("do not follow %s", async (link, why) => {
    const { server, client } = await linked(() => link);
    const { error } = await read(linkPages(client, options));
    expect(error).toMatchObject({ code: "ERR_PAGING" });
    expect(String(error)).toContain(why);
    expect(server.asked).toHaveLength(1);
  });

  test("a link to the page itself is a loop", async () => {
    const { client } = await linked((_, page) => `<?page=${page}>; rel="next"`);
    expect((await read(linkPages(client, options))).error).toMatchObject({ code: "ERR_PAGING" });
  });
});
