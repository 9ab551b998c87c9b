import { afterEach, describe, expect, test } from "@jest/globals";
import { sendJson, serve, type LocalServer } from "../test/local-server.ts";
import { offsetPages, type OffsetPagesOptions } from "./offset-pages.ts";
import type { Page } from "./page.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpClient } from "./types.ts";

type Row = { readonly id: number };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function parse(value: unknown): Page<Row> {
  const { rows, total } = value as { rows: Row[]; total?: number };
  return { rows, total };
}

const rowsFrom = (offset: number, count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ id: offset + i }));

interface Asking {
  readonly offset: number;
  readonly limit: number;
}

/** A server whose pages come from `page`; a number stands for that status with a JSON body. */
async function listing(
  page: (asking: Asking) => { rows: Row[]; total?: number } | number,
): Promise<{ server: LocalServer; client: HttpClient; askings: Asking[] }> {
  const askings: Asking[] = [];
  const server = await serve((asked, response) => {
    const from = asked.method === "POST" ? (JSON.parse(asked.body) as Asking) : undefined;
    const asking = from ?? {
      offset: Number(asked.url.searchParams.get("offset")),
      limit: Number(asked.url.searchParams.get("limit")),
    };
    askings.push(asking);
    const answer = page(asking);
    if (typeof answer === "number") sendJson(response, { rows: [], total: 0, detail: "no" }, answer);
    else sendJson(response, answer);
  });
  const runtime = createHttpRuntime({ defaults: { retry: { baseMs: 1, limit: 2 } } });
  closers.push(
    () => runtime.close(),
    () => server.close(),
  );
  return { server, client: runtime.client({ name: "pages", baseUrl: server.url }), askings };
}

/** A well-behaved listing of `total` rows with a cap on the page. */
const capped =
  (total: number, cap: number) =>
  ({ offset, limit }: Asking) => ({ rows: rowsFrom(offset, Math.max(0, Math.min(limit, cap, total - offset))), total });

async function read(
  client: HttpClient,
  options: Partial<OffsetPagesOptions<Row>> = {},
): Promise<{ ids: number[]; error: unknown; announced: number[]; received: number[] }> {
  const ids: number[] = [];
  const announced: number[] = [];
  const received: number[] = [];
  let error: unknown;
  try {
    const pages = offsetPages<Row>(client, {
      request: (offset, limit) => ({ path: "/rows", query: { offset, limit } }),
      parse,
      limit: 10,
      observer: { announced: (total) => announced.push(total), received: (rows) => received.push(rows) },
      ...options,
    });
    for await (const rows of pages) ids.push(...rows.map(({ id }) => id));
  } catch (caught) {
    error = caught;
  }
  return { ids, error, announced, received };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.each([1, 4])("offset pages, %i at a time", (parallel) => {
  test("reads all and stops at the total", async () => {
    const { client, askings } = await listing(capped(35, 100));
    expect(await read(client, { parallel })).toEqual({
      ids: upTo(35),
      error: undefined,
      announced: [35],
      received: [10, 10, 10, 5],
    });
    expect(askings.map(({ offset }) => offset).sort((a, b) => a - b)).toEqual([0, 10, 20, 30]);
  });

  test("a cap below the limit loses nothing", async () => {
    const { client, askings } = await listing(capped(23, 4));
    expect((await read(client, { parallel })).ids).toEqual(upTo(23));
    expect(askings).toHaveLength(6);
  });

  test("pages that vary in length lose nothing", async () => {
    const { client } = await listing(({ offset }) => ({
      rows: rowsFrom(offset, Math.min(1 + (offset % 4), 30 - offset)),
      total: 30,
    }));
    expect(await read(client, { parallel })).toMatchObject({ ids: upTo(30), error: undefined });
  });

  test("an empty listing", async () => {
    const { client, askings } = await listing(() => ({ rows: [], total: 0 }));
    expect(await read(client, { parallel })).toEqual({ ids: [], error: undefined, announced: [0], received: [0] });
    expect(askings).toHaveLength(1);
  });

  test("without a total only an empty page is the end", async () => {
    const { client, askings } = await listing(({ offset }) => ({
      rows: rowsFrom(offset, [3, 7, 7, 1][[0, 3, 10, 17].indexOf(offset)] ?? 0),
    }));
    expect(await read(client, { parallel })).toMatchObject({ ids: upTo(18), error: undefined, announced: [] });
    expect(askings.at(-1)?.offset).toBe(18);
  });

  test("an empty page before the total is a gap", async () => {
    const { client } = await listing(({ offset }) => ({ rows: offset < 20 ? rowsFrom(offset, 10) : [], total: 50 }));
    const { ids, error } = await read(client, { parallel });
    expect(ids).toEqual(upTo(20));
    expect(error).toMatchObject({ code: "ERR_PAGING", advice: "skip" });
    expect(String(error)).toContain("ended after 20 rows of 50");
  });

  test("a page that comes again is an error", async () => {
    const { client } = await listing(() => ({ rows: rowsFrom(0, 10), total: 50 }));
    const { ids, error } = await read(client, { parallel });
    expect(error).toMatchObject({ code: "ERR_PAGING" });
    expect(ids).toEqual(upTo(10));
  });

  test("pages that go round without a total end as an error", async () => {
    const { client } = await listing(({ offset }) => ({ rows: rowsFrom(offset % 30, 10) }));
    expect((await read(client, { parallel })).error).toMatchObject({ code: "ERR_PAGING" });
  });

  test.each([400, 404, 422])("a %i with a JSON body past an offset is an error, not the end", async (status) => {
    const { client } = await listing((asking) => (asking.offset >= 20 ? status : capped(50, 10)(asking)));
    const { ids, error } = await read(client, { parallel });
    expect(ids).toEqual(upTo(20));
    expect(error).toMatchObject({ status });
  });

  test("a 403 in the middle is an error", async () => {
    const { client } = await listing((asking) => (asking.offset === 10 ? 403 : capped(50, 10)(asking)));
    expect(await read(client, { parallel })).toMatchObject({
      ids: upTo(10),
      error: { code: "ERR_FORBIDDEN", advice: "permission" },
    });
  });

  test("the last announced total counts: it grows", async () => {
    const { client } = await listing(({ offset }) => ({
      rows: rowsFrom(offset, Math.min(10, 45 - offset)),
      total: offset < 20 ? 30 : 45,
    }));
    expect(await read(client, { parallel })).toMatchObject({ ids: upTo(45), error: undefined, announced: [30, 45] });
  });

  test("the last announced total counts: it shrinks", async () => {
    const { client } = await listing(({ offset }) => {
      const total = offset === 0 ? 60 : 25;
      return { rows: rowsFrom(offset, Math.max(0, Math.min(10, total - offset))), total };
    });
    expect(await read(client, { parallel })).toMatchObject({ ids: upTo(25), error: undefined, announced: [60, 25] });
  });

  test("pages beyond a total that shrank may be refused", async () => {
    const { client } = await listing(({ offset }) => {
      const total = offset === 0 ? 60 : 25;
      if (offset >= total) return 400;
      return { rows: rowsFrom(offset, Math.min(10, total - offset)), total };
    });
    expect(await read(client, { parallel })).toMatchObject({ ids: upTo(25), error: undefined });
  });

  test.each([
    [{ rows: "none" }, "ERR_SHAPE"],
    [{ rows: [], total: -1 }, "ERR_SHAPE"],
    [{ rows: [], total: "7" }, "ERR_SHAPE"],
    [{ rows: rowsFrom(0, 5), total: 3 }, "ERR_PAGING"],
  ])("an impossible page: %j", async (page, code) => {
    const { client } = await listing(() => page as { rows: Row[] });
    expect((await read(client, { parallel })).error).toMatchObject({ code });
  });

  test("by POST, with offset and limit in the body", async () => {
    const { client } = await listing(capped(25, 10));
    const request = (offset: number, limit: number) =>
      ({ method: "POST", path: "/list", json: { offset, limit }, idempotent: true }) as const;
    expect((await read(client, { parallel, request })).ids).toEqual(upTo(25));
  });

  test("a reader that stops early stops the fetching", async () => {
    const { client, askings } = await listing(capped(1000, 10));
    const pages = offsetPages<Row>(client, {
      request: (offset, limit) => ({ path: "/rows", query: { offset, limit } }),
      parse,
      limit: 10,
      parallel,
    });
    for await (const rows of pages) if ((rows[0]?.id ?? 0) >= 10) break;
    await new Promise((resolve) => setTimeout(resolve, 30));
    const asked = askings.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(askings).toHaveLength(asked);
    expect(asked).toBeLessThanOrEqual(2 + 2 * parallel);
  });
});

describe("looking ahead", () => {
  test("is bounded, in order, and asks for the page size that the server really has", async () => {
    let open = 0;
    let peak = 0;
    const server = await serve((asked, response) => {
      open += 1;
      peak = Math.max(peak, open);
      const offset = Number(asked.url.searchParams.get("offset"));
      // The later the page the sooner it comes.
      setTimeout(
        () => {
          open -= 1;
          sendJson(response, capped(70, 5)({ offset, limit: Number(asked.url.searchParams.get("limit")) }));
        },
        20 - offset / 5,
      );
    });
    const runtime = createHttpRuntime();
    closers.push(
      () => runtime.close(),
      () => server.close(),
    );
    const { ids } = await read(runtime.client({ name: "p", baseUrl: server.url }), { parallel: 3, limit: 20 });
    expect(ids).toEqual(upTo(70));
    expect(peak).toBe(3);
    expect(server.asked.map(({ url }) => url.searchParams.get("limit"))).toEqual([
      "20",
      ...Array<string>(13).fill("5"),
    ]);
  });

  test("goes on one by one after a short page", async () => {
    const { client, askings } = await listing(({ offset, limit }) => ({
      rows: rowsFrom(offset, Math.min(offset === 20 ? 6 : limit, 60 - offset)),
      total: 60,
    }));
    expect(await read(client, { parallel: 3 })).toMatchObject({ ids: upTo(60), error: undefined });
    expect(askings.slice(-4).map(({ offset }) => offset)).toEqual([26, 36, 46, 56]);
  });
});
