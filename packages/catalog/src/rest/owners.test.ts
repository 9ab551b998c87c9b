import { afterEach, describe, expect, test } from "@jest/globals";
import { answered, idOf, mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";

let server: MockedServer;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect(await server.close()).toEqual([]);
});
const missing = { code: 404, message: "user instance for x not found" };
const hits = (...sources: object[]) => ({ hits: { hits: sources.map((_source) => ({ _source })) } });
const noNames = ({ api }: MockedServer, encoded: string): void => {
  api.get(`/users/name/${encoded}`).reply(404, missing);
  api.get(`/teams/name/${encoded}`).reply(404, missing);
};
const onSearch = ({ api }: MockedServer, index: string, q: string, answer: object): void => {
  api
    .get("/search/query")
    .query((query) => query["index"] === index && query["q"] === q)
    .reply(200, answer);
};
const noDisplayNames = (room: MockedServer, name: string): void => {
  onSearch(room, "user_search_index", `displayName.keyword:"${name}"`, hits());
  onSearch(room, "team_search_index", `displayName.keyword:"${name}"`, hits());
};

describe("findOwner", () => {
  test("takes a user of that name, once for many questions", async () => {
    const { catalog, api } = start();
    api.get("/users/name/%22ann.lee%22").reply(200, answered('"ann.lee"', { name: "ann.lee", displayName: "Ann Lee" }));
    const expected = {
      id: idOf('"ann.lee"'),
      type: "user",
      name: "ann.lee",
      fullyQualifiedName: '"ann.lee"',
      displayName: "Ann Lee",
    };
    const found = await Promise.all([catalog.findOwner("ann.lee"), catalog.findOwner("ann.lee")]);
    expect(found).toEqual([expected, expected]);
  });

  test("takes a team of type Group only", async () => {
    const room = start();
    for (const [name, teamType] of [
      ["ops", "Group"],
      ["all", "Department"],
    ] as const) {
      room.api.get(`/users/name/${name}`).reply(404, missing);
      room.api.get(`/teams/name/${name}`).reply(200, answered(name, { teamType }));
    }
    noDisplayNames(room, "all");
    expect(await room.catalog.findOwner("ops")).toMatchObject({ type: "team", name: "ops" });
    expect(await room.catalog.findOwner("all")).toBeUndefined();
  });

  test("finds by e-mail, exactly", async () => {
    const room = start();
    noNames(room, "%22ann%40x.org%22");
    onSearch(
      room,
      "user_search_index",
      'email.keyword:"ann@x.org"',
      hits(answered("joann", { email: "joann@x.org" }), answered("ann", { email: "Ann@X.org" })),
    );
    expect(await room.catalog.findOwner("ann@x.org")).toMatchObject({ type: "user", name: "ann" });
  });

  test("finds by display name, but not one of two people of that name", async () => {
    const room = start();
    for (const name of ["Ann Lee", "Bo Yi"]) noNames(room, encodeURIComponent(name));
    onSearch(
      room,
      "user_search_index",
      'displayName.keyword:"Ann Lee"',
      hits(answered("al", { displayName: "ann lee" })),
    );
    onSearch(
      room,
      "user_search_index",
      'displayName.keyword:"Bo Yi"',
      hits(answered("b1", { displayName: "Bo Yi" }), answered("b2", { displayName: "Bo Yi" })),
    );
    onSearch(room, "team_search_index", 'displayName.keyword:"Bo Yi"', hits());
    expect(await room.catalog.findOwner("Ann Lee")).toMatchObject({ name: "al" });
    expect(await room.catalog.findOwner("Bo Yi")).toBeUndefined();
  });

  test("asks the search for the nearest only when told to, with its signs escaped", async () => {
    const room = start();
    noNames(room, "Ann%20(x)");
    noDisplayNames(room, "Ann (x)");
    expect(await room.catalog.findOwner("Ann (x)")).toBeUndefined();
    const filters: unknown[] = [];
    const keep = (index: string) => (query: Record<string, unknown>) =>
      query["index"] === index && filters.push(JSON.parse(String(query["query_filter"]))) > 0;
    room.api
      .get("/search/query")
      .query(keep("team_search_index"))
      .reply(200, hits(answered("d", { teamType: "Division" })));
    room.api
      .get("/search/query")
      .query(keep("user_search_index"))
      .reply(200, hits(answered("bot", { isBot: true }), answered("old", { deleted: true }), answered("ann")));
    expect(await room.catalog.findOwner("Ann (x)", { fuzzy: true })).toMatchObject({ type: "user", name: "ann" });
    expect(filters[0]).toEqual({
      query: {
        query_string: {
          query: String.raw`Ann \(x\) AND isBot:false`,
          fields: ["name", "displayName"],
          default_operator: "AND",
          fuzziness: "AUTO",
        },
      },
    });
  });

  test("a name that no FQN is made of is looked for by search only", async () => {
    const room = start();
    const escaped = String.raw`a\"b`;
    noDisplayNames(room, escaped);
    expect(await room.catalog.findOwner('a"b')).toBeUndefined();
  });

  test("an empty name has no owner, a refusal is not remembered", async () => {
    const { catalog, api } = start({}, { retries: 0 });
    expect(await catalog.findOwner("  ")).toBeUndefined();
    api.get("/users/name/x").reply(500, { code: 500, message: "no" });
    await expect(catalog.findOwner("x")).rejects.toMatchObject({ status: 500 });
    api.get("/users/name/x").reply(200, answered("x"));
    expect(await catalog.findOwner("x")).toMatchObject({ name: "x" });
  });

  test("a written user is found though it was missing before", async () => {
    const room = start();
    noNames(room, "new");
    noDisplayNames(room, "new");
    expect(await room.catalog.findOwner("new")).toBeUndefined();
    room.api.put("/users").reply(201, answered("new"));
    await room.catalog.put("user", { name: "new", email: "new@x.org" });
    room.api.get("/users/name/new").reply(200, answered("new"));
    expect(await room.catalog.findOwner("new")).toMatchObject({ name: "new" });
  });
});
