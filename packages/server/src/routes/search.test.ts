import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { addTables, openTestApp, type TestApp } from "../../test/test-app.ts";

let server: TestApp;
beforeEach(() => {
  server = openTestApp();
});
afterEach(() => server.close());

interface Hits {
  total: { value: number; relation: string };
  hits: { _index: string; _id: string; _source: Record<string, unknown>; sort?: string[] }[];
}

async function search(path: string, params: Record<string, string | string[]>): Promise<Hits> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) for (const one of [value].flat()) query.append(name, one);
  const { status, body } = await server.call("GET", `/search/${path}?${query.toString()}`);
  expect(status).toBe(200);
  return body["hits"] as Hits;
}

const names = ({ hits }: Hits): unknown[] => hits.map(({ _source }) => _source["name"]);

async function addView(name: string, more: Record<string, unknown> = {}): Promise<void> {
  const { status } = await server.call("PUT", "/tables", {
    name,
    databaseSchema: '"lite.db".shop.main',
    columns: [{ name: "id", dataType: "INT" }],
    tableType: "View",
    schemaDefinition: "select 1",
    ...more,
  });
  expect(status).toBe(201);
}

/** The filter that the Python client sends when it looks for views. */
const viewFilter = (service: string): string =>
  JSON.stringify({
    query: {
      bool: {
        must: [
          { bool: { should: [{ term: { "service.name.keyword": service } }] } },
          {
            bool: {
              must: [{ bool: { should: ["View", "MaterializedView"].map((tableType) => ({ term: { tableType } })) } }],
            },
          },
          { bool: { should: [{ term: { deleted: false } }] } },
          { exists: { field: "schemaDefinition" } },
        ],
      },
    },
  });

test("fieldQuery matches the whole value, without regard to case, ten at most", async () => {
  await addTables(server, ["orders", "Orders_old", ...Array.from({ length: 12 }, (_, at) => `t${String(at)}`)]);
  const ask = (fieldValue: string, more = {}) =>
    search("fieldQuery", {
      fieldName: "fullyQualifiedName",
      fieldValue,
      from: "0",
      size: "50",
      index: "table_search_index",
      deleted: "false",
      ...more,
    });
  expect(names(await ask('"lite.db".*.ORDERS'))).toEqual(["orders"]);
  expect(names(await ask("*orders*"))).toEqual(["Orders_old", "orders"]);
  expect((await ask("*.t*")).hits).toHaveLength(10);
  expect((await ask("*.orders", { index: "topic_search_index" })).hits).toEqual([]);
  const { hits } = await ask("*.orders");
  expect(hits[0]).toMatchObject({
    _index: "table_search_index",
    _source: { fullyQualifiedName: '"lite.db".shop.main.orders', service: { name: "lite.db" }, deleted: false },
  });
});

test("what was deleted is found only when asked for", async () => {
  const tables = await addTables(server, ["orders"]);
  await server.call("DELETE", `/tables/${tables["orders"] ?? ""}`);
  const ask = { fieldName: "fullyQualifiedName", fieldValue: "*orders", index: "table_search_index" };
  expect((await search("fieldQuery", { ...ask, deleted: "false" })).hits).toEqual([]);
  expect(names(await search("fieldQuery", { ...ask, deleted: "true" }))).toEqual(["orders"]);
});

test("views of a service come in pages, each after the last name of the one before", async () => {
  await addTables(server, ["plain"]);
  for (const name of ["v1", "v2", "v3"]) await addView(name);
  await addView("bare", { schemaDefinition: undefined });
  await addView("m", { tableType: "MaterializedView" });
  const found: unknown[] = [];
  let after: string | undefined;
  for (let page = 0; page < 4; page += 1) {
    const answer = await search("query", {
      q: "",
      size: "2",
      deleted: "false",
      query_filter: viewFilter("lite.db"),
      index: "table_search_index",
      include_source_fields: ["name", "fullyQualifiedName", "service.name"],
      sort_field: "fullyQualifiedName",
      sort_order: "desc",
      ...(after === undefined ? {} : { search_after: after }),
    });
    if (answer.hits.length === 0) break;
    found.push(...names(answer));
    expect(Object.keys(answer.hits[0]?._source ?? {}).sort()).toEqual([
      "entityType",
      "fullyQualifiedName",
      "name",
      "service",
    ]);
    after = answer.hits.at(-1)?.sort?.[0];
  }
  expect(found).toEqual(["v3", "v2", "v1", "m"]);
  const other = { q: "", query_filter: viewFilter("other"), index: "table_search_index" };
  expect((await search("query", other)).total).toEqual({ value: 0, relation: "eq" });
});

test("owners: people by words of their name, no bots, and by e-mail", async () => {
  const users = [
    { name: "jane.doe", displayName: "Jane Doe", email: "jane@example.com" },
    { name: "janebot", displayName: "Jane Bot", email: "bot@example.com", isBot: true },
    { name: "john", displayName: "John Smith", email: "john@example.com" },
  ];
  for (const user of users) expect((await server.call("PUT", "/users", user)).status).toBe(201);
  const owner = (text: string, index = "user_search_index") =>
    search("query", {
      q: "",
      query_filter: JSON.stringify({
        query: {
          query_string: {
            query: `${text} AND isBot:false`,
            fields: ["name", "displayName"],
            default_operator: "AND",
            fuzziness: "AUTO",
          },
        },
      }),
      from: "0",
      size: "1",
      index,
    });
  expect(names(await owner("Jane Doe"))).toEqual(["jane.doe"]);
  expect(names(await owner("jane"))).toEqual(["jane.doe"]);
  expect(names(await owner("Doe Smith"))).toEqual([]);
  expect(names(await owner("Jane Doe", "team_search_index"))).toEqual([]);
  const byMail = (mail: string) =>
    search("query", { q: `email.keyword:${mail}`, from: "0", size: "1", index: "user_search_index" });
  expect(names(await byMail("john@example.com"))).toEqual(["john"]);
  expect(names(await byMail("nobody@example.com"))).toEqual([]);
});

test("the field that hits are sorted by may be another, and several indexes are searched at once", async () => {
  await addTables(server, ["b", "a"]);
  const sorted = await search("query", {
    q: "*",
    index: "table_search_index",
    sort_field: "name.keyword",
    sort_order: "asc",
    size: "1",
  });
  expect([names(sorted), sorted.total.value, sorted.hits[0]?.sort]).toEqual([["a"], 2, ["a", sorted.hits[0]?._id]]);
  const second = await search("query", { q: "*", sort_field: "name.keyword", sort_order: "asc", from: "1" });
  expect(names(second)).toEqual(["b"]);
  const both = await search("query", { q: "name:(shop OR a)", index: "table_search_index,database_search_index" });
  expect(new Set(names(both))).toEqual(new Set(["a", "shop"]));
});

/** All pages of one hit each, as the Python client asks for them. */
async function paged(parameters: Record<string, string>): Promise<{ names: unknown[]; totals: Set<number> }> {
  const found: unknown[] = [];
  const totals = new Set<number>();
  let after: string | undefined;
  for (let page = 0; page < 20; page += 1) {
    const query = { q: "*", size: "1", ...parameters, ...(after === undefined ? {} : { search_after: after }) };
    const answer = await search("query", query);
    const [hit] = answer.hits;
    if (!hit) break;
    totals.add(answer.total.value);
    found.push(hit._source["name"]);
    after = hit.sort?.join(",");
  }
  return { names: found, totals };
}

test("pages follow each other whatever field hits are sorted by, also among equal values", async () => {
  const ids = await addTables(server, ["b", "a", "d", "c, d"]);
  const rename = (name: string, displayName: string) =>
    server.call("PATCH", `/tables/${String(ids[name])}`, [{ op: "add", path: "/displayName", value: displayName }]);
  await rename("d", "Alpha, Beta");
  await rename("b", "Zeta");
  const tied = Object.entries(ids).sort(([, a], [, b]) => (a < b ? -1 : 1));
  const order = { sort_order: "asc" };
  // By displayName, by name where there is none.
  expect((await paged({ sort_field: "displayName.keyword", ...order })).names).toEqual(["d", "b", "a", "c, d"]);
  expect((await paged({ sort_field: "displayName", sort_order: "desc" })).names).toEqual(["c, d", "a", "b", "d"]);
  expect(await paged({ sort_field: "updatedAt", ...order })).toMatchObject({
    names: expect.arrayContaining(["a", "b", "c, d", "d"]),
    totals: new Set([4]),
  });
  expect((await paged({ sort_field: "updatedAt", ...order })).names).toHaveLength(4);
  // Nothing has the field: by id alone.
  expect((await paged({ sort_field: "retentionPeriod", ...order })).names).toEqual(tied.map(([name]) => name));
  expect((await paged({ sort_field: "fullyQualifiedName", ...order })).names).toEqual(["a", "b", "c, d", "d"]);
});

test("numbers are sorted as numbers, and a time stands in sort as text", async () => {
  for (const [at, partitions] of [9, 10, 100].entries())
    await server.catalog
      .put("messagingService", { name: "kafka", serviceType: "Kafka" })
      .then(() => server.catalog.put("topic", { name: `t${String(at)}`, service: "kafka", partitions }));
  const topics = { index: "topic_search_index", sort_order: "desc" };
  expect((await paged({ ...topics, sort_field: "partitions" })).names).toEqual(["t2", "t1", "t0"]);
  const [hit] = (await search("query", { q: "*", ...topics, sort_field: "updatedAt" })).hits;
  expect(hit?.sort).toEqual([String(hit?._source["updatedAt"]), hit?._id]);
});

test("several kinds sorted by FQN are one list, with what has the same FQN", async () => {
  await addTables(server, ["b", "a"]);
  await server.call("PUT", "/services/pipelineServices", { name: "lite.db", serviceType: "Airflow" });
  await server.call("PUT", "/pipelines", { name: "shop", service: "lite.db" });
  await server.call("PUT", "/pipelines", { name: "zoo", service: "lite.db" });
  const index = "table_search_index,pipeline_search_index,database_search_index";
  const sorted = { index, sort_field: "fullyQualifiedName" };
  const wanted = ["shop", "shop", "a", "b", "zoo"];
  expect((await paged({ ...sorted, sort_order: "asc" })).names).toEqual(wanted);
  expect((await paged({ ...sorted, sort_order: "desc" })).names).toEqual(wanted.toReversed());
});

test("words alone are found wherever they stand, of the types that are asked for", async () => {
  await addTables(server, ["orders", "order_items", "people"]);
  expect(new Set(names(await search("query", { q: "order", index: "table_search_index" })))).toEqual(
    new Set(["orders", "order_items"]),
  );
  const second = await search("query", { q: "order", index: "table_search_index", from: "1", size: "1" });
  expect([second.hits.length, second.total]).toEqual([1, { value: 2, relation: "eq" }]);
  expect((await search("query", { q: "order", index: "topic_search_index" })).hits).toEqual([]);
  expect((await search("query", { q: "order", index: "unheard_of_search_index" })).hits).toEqual([]);
});

test("queries that can't be read answer 400, an unknown index 404", async () => {
  for (const query of [
    "query_filter=%7B",
    "query_filter=%7B%22query%22%3A%7B%22guess%22%3A%7B%7D%7D%7D",
    "q=(a",
    "size=-1",
  ])
    expect(await server.call("GET", `/search/query?${query}`)).toMatchObject({ status: 400, body: { code: 400 } });
  expect((await server.call("GET", "/search/query?index=nothing")).status).toBe(404);
  expect((await server.call("GET", "/search/fieldQuery?fieldName=name")).status).toBe(400);
});
