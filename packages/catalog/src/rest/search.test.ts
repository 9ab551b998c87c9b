import { afterEach, describe, expect, test } from "@jest/globals";
import { entityTypes } from "@omd/schema";
import { answered, mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";
import { searchIndexes, wildcard } from "./search.ts";

let server: MockedServer | undefined;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect((await server?.close()) ?? []).toEqual([]);
  server = undefined;
});
const hits = (...sources: object[]) => ({
  hits: { total: { value: sources.length }, hits: sources.map((_source) => ({ _source })) },
});

test.each([
  ["svc.*.t", "SVC.db.schema.T", true],
  ["svc.*.t", "svc.db.tt", false],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["a.c", "abc", false],
  ['s."x.y".(z)+', 's."x.y".(Z)+', true],
  ["*", "", true],
  ["a*", "a\nb", true],
  ["s/p-[1]{2}|^$", "s/p-[1]{2}|^$", true],
])("wildcard %s on %s: %s", (pattern, text, matches) => {
  expect(wildcard(pattern).test(text)).toBe(matches);
});

test("every type has an index", () => {
  expect(Object.keys(searchIndexes).sort()).toEqual(Object.keys(entityTypes).sort());
});

describe("search", () => {
  test("asks the index with everything encoded and takes hits as they are", async () => {
    const { catalog, api } = start();
    let asked = "";
    api.get(/fieldQuery/).reply(200, (request: Request) => {
      asked = request.url;
      return hits(answered("svc.a&b#+.t", { columns: [] }));
    });
    const found = await catalog.search("table", { pattern: "svc.a&b#+.*" });
    expect(found.map((entity) => entity.fullyQualifiedName)).toEqual(["svc.a&b#+.t"]);
    const query = new URL(asked).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      fieldName: "fullyQualifiedName",
      fieldValue: "svc.a&b#+.*",
      from: "0",
      size: "10",
      index: "table_search_index",
      deleted: "false",
    });
  });

  test("escapes the index's escape sign", async () => {
    const { catalog, api } = start();
    api
      .get("/search/fieldQuery")
      .query((query) => query["fieldValue"] === String.raw`s.a\\b`)
      .reply(200, hits(answered(String.raw`s.a\b`)));
    expect(await catalog.search("table", { pattern: String.raw`s.a\b` })).toHaveLength(1);
  });

  test("reads an entity only when the hit lacks what is needed", async () => {
    const { catalog, api } = start();
    api
      .get("/search/fieldQuery")
      .query(true)
      .reply(200, hits({ fullyQualifiedName: "s.a" }, { fullyQualifiedName: "s.gone" }, { odd: 1 }, answered("s.b")));
    api.get("/tables/name/s.a").reply(200, answered("s.a"));
    api.get("/tables/name/s.gone").reply(404, { code: 404, message: "table instance for s.gone not found" });
    expect((await catalog.search("table", { pattern: "s.*" })).map((entity) => entity.name)).toEqual(["a", "b"]);
  });

  test("drops what is deleted, what does not match and what came twice", async () => {
    const { catalog, api } = start();
    api
      .get("/search/fieldQuery")
      .query(true)
      .reply(200, hits(answered("s.a", { deleted: true }), answered("x.s.b"), answered("S.C"), answered("S.C")));
    expect((await catalog.search("table", { pattern: "s.*" })).map((entity) => entity.name)).toEqual(["C"]);
  });

  test("by full path, with a limit", async () => {
    const { catalog, api } = start();
    api
      .get("/search/fieldQuery")
      .query({
        fieldName: "fullPath",
        fieldValue: "s3://b/*",
        from: 0,
        size: 1,
        index: "container_search_index",
        deleted: false,
      })
      .reply(
        200,
        hits(answered("s3.b", { fullPath: "s3://b/x" }), answered("s3.c", { fullPath: "s3://b/y" }), answered("s3.d")),
      );
    expect(await catalog.search("container", { field: "fullPath", pattern: "s3://b/*", limit: 1 })).toHaveLength(1);
  });

  test.each([
    [200, { code: 1 }, /lacks what is needed/],
    [404, { code: 404, message: "index_not_found_exception" }, /index_not_found/],
    [200, "<html>", /not JSON/],
  ])("%d %j is an error", async (status, body, message) => {
    const { catalog, api } = start();
    api.get("/search/fieldQuery").query(true).reply(status, body);
    await expect(catalog.search("table", { pattern: "*" })).rejects.toThrow(message);
  });
});
