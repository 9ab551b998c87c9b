import { describe, expect, test } from "@jest/globals";
import { entityLink, fqnOf, md5, type CreateRequest, type EntityType, type FQN } from "@omd/schema";
import { addAllTypes, addGovernance } from "../../test/all-types-fixture.ts";
import { addSchema, addTable, collect, label, ref } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";

const memory = (): EmbeddedCatalog => openEmbeddedCatalog({ file: ":memory:" });
const all = { fields: ["*"] };
const refused = (status: number, message: string) => ({ status, message: expect.stringContaining(message) });

describe("every type", () => {
  test.each<[EntityType, string]>([
    ["dashboardService", '"all.svc"'],
    ["dashboard", '"all.svc".d'],
    ["chart", '"all.svc"."c.1"'],
    ["dashboardDataModel", '"all.svc".model.m'],
    ["mlmodel", '"all.svc".ml'],
    ["searchIndex", '"all.svc".i'],
    ["apiEndpoint", '"all.svc".col.get'],
    ["storedProcedure", '"all.svc".shop.main.proc'],
    ["query", `"all.svc".${md5("select * from t")}`],
    ["domain", "Sales.EU"],
    ["dataProduct", "Orders"],
    ["glossaryTerm", "Words.Order.Line"],
    ["testSuite", '"all.svc".shop.main.t.testSuite'],
    ["testSuite", "nightly"],
    ["testCase", '"all.svc".shop.main.t.rows'],
    ["testCase", '"all.svc".shop.main.t.id.ids'],
    ["testConnectionDefinition", "Own.testConnectionDefinition"],
  ])("%s is found as %s", async (type, fqn) => {
    const catalog = memory();
    await addAllTypes(catalog);
    expect((await catalog.get(type, fqn as FQN))?.fullyQualifiedName).toBe(fqn);
  });

  test("names others by FQN and shows them as references", async () => {
    const catalog = memory();
    const schema = await addAllTypes(catalog);
    expect(await catalog.get("dashboard", fqnOf("all.svc", "d"), all)).toMatchObject({
      charts: [{ type: "chart", fullyQualifiedName: '"all.svc"."c.1"' }],
      dataModels: [{ type: "dashboardDataModel", name: "m" }],
      domains: [{ type: "domain", fullyQualifiedName: "Sales.EU" }],
      dataProducts: [{ type: "dataProduct", name: "Orders" }],
    });
    expect((await catalog.get("dashboard", fqnOf("all.svc", "d")))?.charts).toBeUndefined();
    expect(await catalog.get("mlmodel", fqnOf("all.svc", "ml"), all)).toMatchObject({
      algorithm: "mlmodel",
      dashboard: { name: "d" },
    });
    expect(await catalog.get("apiEndpoint", fqnOf("all.svc", "col", "get"), all)).toMatchObject({
      apiCollection: { name: "col" },
      service: { type: "apiService" },
      responseSchema: { schemaFields: [{ fullyQualifiedName: '"all.svc".col.get.responseSchema.x' }] },
    });
    expect(await catalog.get("apiCollection", fqnOf("all.svc", "col"), all)).toMatchObject({
      apiEndpoints: [{ name: "get" }],
    });
    expect(await catalog.get("glossary", fqnOf("Words"), all)).toMatchObject({ termCount: 1, provider: "user" });
    expect(await catalog.get("role", fqnOf("Reader"), all)).toMatchObject({ policies: [{ name: "Readers" }] });
    expect(await catalog.get("table", `${schema}.t` as FQN, all)).toMatchObject({ testSuite: { type: "testSuite" } });
  });

  test.each<[EntityType, object, number, string]>([
    ["chart", { name: "c", service: "none" }, 404, "dashboardService instance for none"],
    ["dashboard", { name: "x", service: "all.svc", charts: ["a.b"] }, 404, "chart instance for a.b not found"],
    ["dashboard", { name: "x", service: "all.svc", domains: ["Nowhere"] }, 404, "domain instance for Nowhere"],
    ["dashboard", { name: "x", service: "all.svc", dataProducts: ["No"] }, 404, "dataProduct instance for No"],
    ["storedProcedure", { name: "p", storedProcedureCode: {} }, 400, "needs a databaseSchema"],
    ["query", { query: "q", service: "all.svc", users: ["nobody"] }, 404, "user instance for nobody"],
    ["glossaryTerm", { name: "t", description: "", glossary: "None" }, 404, "glossary instance for None"],
    ["domain", { name: "t", description: "", domainType: "Odd" }, 400, "domainType"],
    ["role", { name: "r", policies: ["P"] }, 404, "policy instance for P"],
    ["metric", { name: "m", more: 1 }, 400, "more"],
    [
      "dashboard",
      { name: "x", service: "all.svc", tags: [{ ...label("Words.No"), source: "Glossary" }] },
      404,
      "glossaryTerm",
    ],
  ])("%s %j is refused", async (type, request, status, message) => {
    const catalog = memory();
    await addAllTypes(catalog);
    const put = catalog.put(type, request as CreateRequest<typeof type>);
    await expect(put).rejects.toMatchObject(refused(status, message));
  });

  test("a field that is null counts as left out", async () => {
    const catalog = memory();
    const request = { name: "s", serviceType: "Mysql", description: null, connection: null };
    const { entity } = await catalog.put("databaseService", request as unknown as CreateRequest<"databaseService">);
    expect(Object.keys(entity)).toEqual(expect.not.arrayContaining(["description", "connection"]));
    const nameless = { ...request, name: null } as unknown as CreateRequest<"databaseService">;
    await expect(catalog.put("databaseService", nameless)).rejects.toMatchObject(refused(400, "name"));
  });

  test("no password of a user is kept", async () => {
    const catalog = memory();
    const password = "canary-of-a-user";
    const user = { name: "u", email: "u@example.com", password, confirmPassword: password };
    await catalog.put("user", { ...user, authenticationMechanism: { config: { JWTToken: password } } });
    expect([...catalog.exportLines()].join("\n")).not.toContain(password);
  });
});

describe("queries", () => {
  test("are called after their text, and who ran them adds up", async () => {
    const catalog = memory();
    await addAllTypes(catalog);
    const request = { query: "select * from t", service: "all.svc" };
    await catalog.put("query", { ...request, usedBy: ["nobody", "somebody"], dialect: "ansi" });
    const fqn = fqnOf("all.svc", md5(request.query));
    const query = await catalog.get("query", fqn, all);
    expect(query).toMatchObject({
      name: md5(request.query),
      checksum: md5(request.query),
      usedBy: ["nobody", "somebody"],
    });
    expect(query).toMatchObject({
      users: [{ name: "bea.b" }],
      queryUsedIn: [{ name: "t" }],
      triggeredBy: { name: "t" },
    });
    expect(Object.keys(query ?? {})).toEqual(expect.not.arrayContaining(["dialect", "deleted", "serviceType"]));
    const { id = "" } = (await catalog.get("table", fqnOf("all.svc", "shop", "main", "t"))) ?? {};
    const used = await catalog.page("query", { filters: { entityId: id } });
    expect(used.data.map(({ fullyQualifiedName }) => fullyQualifiedName)).toEqual([fqn]);
    expect((await catalog.page("query", { filters: { entityId: "other" } })).total).toBe(0);
  });
});

describe("what is inherited", () => {
  test("comes from the nearest that has it, is marked, and never becomes its own", async () => {
    const catalog = memory();
    const { domains } = await addGovernance(catalog);
    const schema = await addSchema(catalog, "s");
    const table = await addTable(catalog, schema, "t");
    const { entity: user } = await catalog.put("user", { name: "ann", email: "ann@x.org" });
    await catalog.put("databaseService", { name: "s", serviceType: "Mysql", domains, owners: [ref("user", user)] });
    const shown = async () => catalog.get("table", table.fullyQualifiedName, all);
    const inherited = { domains: [{ name: "EU", inherited: true }], owners: [{ name: "ann", inherited: true }] };
    expect(await shown()).toMatchObject(inherited);
    expect((await catalog.page("table", all)).data).toMatchObject([inherited]);
    expect(await collect(catalog.list("table", all))).toMatchObject([inherited]);
    expect((await catalog.get("table", table.fullyQualifiedName, { fields: [] }))?.domains).toBeUndefined();

    const before = await shown();
    await catalog.patch("table", table.id, [{ op: "add", path: "/description", value: "new" }]);
    expect(await shown()).toMatchObject({ ...inherited, description: "new" });
    const stored = [...catalog.exportLines()].find((line) => line.includes('"kind":"entity","name":"t"'));
    expect(stored).toMatch(/"description":"new"/);
    expect(stored).not.toMatch(/domains|owners/);

    await catalog.put("database", { name: "shop", service: "s", domains: ["Sales"] });
    expect(await shown()).toMatchObject({ domains: [{ name: "Sales", inherited: true }] });
    await catalog.patch("table", table.id, [{ op: "replace", path: "/domains", value: [before?.domains].flat() }]);
    expect(await shown()).toMatchObject({ domains: [{ name: "Sales", inherited: true }] });
    const own = ((await catalog.get("domain", fqnOf("Sales", "EU"))) ?? user).id;
    await catalog.patch("table", table.id, [{ op: "add", path: "/domains/0", value: { id: own, type: "domain" } }]);
    expect((await shown())?.domains).toEqual([expect.not.objectContaining({ inherited: true })]);
  });
});

describe("tests of tables", () => {
  const definition: CreateRequest<"testDefinition"> = { name: "d", entityType: "TABLE", testPlatforms: ["dbt"] };
  const parameterDefinition = [{ name: "must", dataType: "INT", required: true }];

  async function withTable(): Promise<{ catalog: EmbeddedCatalog; table: FQN; id: string }> {
    const catalog = memory();
    const schema = await addSchema(catalog, "my.svc");
    const nested = { name: "a", dataType: "STRUCT", children: [{ name: "b", dataType: "INT" }] };
    const { id, fullyQualifiedName: table } = await addTable(catalog, schema, "t", [
      nested,
      { name: "c.d", dataType: "INT" },
    ]);
    await catalog.put("testDefinition", { ...definition, parameterDefinition });
    return { catalog, table, id };
  }
  const must = [{ name: "must", value: "1" }];

  test("the first case makes the suite, which the table then names", async () => {
    const { catalog, table, id } = await withTable();
    expect((await catalog.getById("table", id, all))?.testSuite).toBeUndefined();
    const link = entityLink("table", table);
    const { entity } = await catalog.put("testCase", {
      name: "x.y",
      testDefinition: "d",
      entityLink: link,
      parameterValues: must,
    });
    expect(entity).toMatchObject({
      fullyQualifiedName: `${table}."x.y"`,
      entityFQN: table,
      testDefinition: { type: "testDefinition", name: "d" },
      testSuite: { type: "testSuite", fullyQualifiedName: `${table}.testSuite` },
    });
    const suite = await catalog.get("testSuite", `${table}.testSuite` as FQN, all);
    expect(suite).toMatchObject({
      basic: true,
      basicEntityReference: { id, type: "table" },
      tests: [{ id: entity.id }],
    });
    expect((await catalog.getById("table", id, { fields: ["testSuite"] }))?.testSuite).toMatchObject({ id: suite?.id });
    expect((await catalog.getById("table", id))?.testSuite).toBeUndefined();
    const put = { name: "whatever", basicEntityReference: table };
    expect((await catalog.put("testSuite", put)).entity.id).toBe(suite?.id);
  });

  test("a case is found by its suite and by its link", async () => {
    const { catalog, table } = await withTable();
    const put = (name: string, link: string) =>
      catalog.put("testCase", { name, testDefinition: "d", entityLink: link, parameterValues: must });
    const whole = entityLink("table", table);
    const column = entityLink("table", table, "columns", "a.b");
    const { entity } = await put("one", whole);
    expect((await put("two", column)).entity.fullyQualifiedName).toBe(`${table}.a.b.two`);
    expect((await put("three", entityLink("table", table, "columns", "c.d"))).entity.fullyQualifiedName).toBe(
      `${table}."c.d".three`,
    );
    const listed = async (filters: Record<string, string>): Promise<string[]> =>
      (await catalog.page("testCase", { filters })).data.map(({ name }) => name);
    const { id = "" } = entity.testSuite as { id?: string };
    expect(await listed({ testSuiteId: id })).toEqual(["one", "three", "two"]);
    expect(await listed({ testSuiteId: "other" })).toEqual([]);
    const logical = (await catalog.put("testSuite", { name: "nightly" })).entity.id;
    await catalog.writeExtra("testResults.addToSuite", { testSuiteId: logical, testCaseIds: [entity.id] });
    expect(await listed({ testSuiteId: logical })).toEqual(["one"]);
    expect(await listed({ entityLink: whole })).toEqual(["one"]);
    expect(await listed({ entityLink: whole, includeAllTests: "true" })).toEqual(["one", "three", "two"]);
    expect(await listed({ entityLink: column })).toEqual(["two"]);
    await expect(listed({ entityLink: "table" })).rejects.toMatchObject(refused(400, "not formatted"));
    expect((await catalog.page("testSuite", { filters: { testSuiteType: "logical" } })).total).toBe(1);
    expect((await catalog.page("testSuite", { filters: { testSuiteType: "basic" } })).total).toBe(1);
  });

  test("values are checked when they are patched too", async () => {
    const { catalog, table } = await withTable();
    const request = { name: "x", testDefinition: "d", entityLink: entityLink("table", table), parameterValues: must };
    const { id } = (await catalog.put("testCase", request)).entity;
    const patch = (value: unknown) =>
      catalog.patch("testCase", id, [{ op: "replace", path: "/parameterValues/0", value }]);
    await expect(patch({ name: "odd", value: "1" })).rejects.toMatchObject(refused(400, "Parameter odd"));
    expect(await patch({ name: "must", value: "2" })).toMatchObject({ parameterValues: [{ value: "2" }] });
  });

  test("a table takes its suite and cases with it and brings them back", async () => {
    const { catalog, table, id } = await withTable();
    const request = { name: "x", testDefinition: "d", entityLink: entityLink("table", table), parameterValues: must };
    const { entity } = await catalog.put("testCase", request);
    await catalog.delete("table", id);
    expect(await catalog.getById("testCase", entity.id)).toBeUndefined();
    await expect(catalog.put("testCase", request)).rejects.toMatchObject(refused(404, "table instance"));
    await catalog.restore("table", id);
    expect(await catalog.getById("testCase", entity.id)).toBeDefined();
  });

  test.each<[string, object, number, string]>([
    ["no link", { entityLink: "t" }, 400, "not formatted correctly"],
    ["another kind", { entityLink: "<#E::topic::k.t>" }, 400, "not about a topic"],
    ["an unknown table", { entityLink: "<#E::table::a.b.c.d>" }, 404, "table instance for a.b.c.d"],
    [
      "an unknown column",
      { entityLink: '<#E::table::"my.svc".shop.main.t::columns::z>' },
      400,
      "Invalid column name z",
    ],
    ["another field", { entityLink: '<#E::table::"my.svc".shop.main.t::tags::z>' }, 400, "Invalid field name tags"],
    ["an unknown definition", { testDefinition: "no" }, 404, "testDefinition instance for no"],
    ["an unknown parameter", { parameterValues: [...must, { name: "odd", value: "1" }] }, 400, "Parameter odd"],
    ["a missing parameter", { parameterValues: [] }, 400, "Required parameter must"],
    ["an empty parameter", { parameterValues: [{ name: "must", value: "" }] }, 400, "Required parameter must"],
  ])("a case with %s is refused and makes no suite", async (_, change, status, message) => {
    const { catalog, table } = await withTable();
    const request = { name: "x", testDefinition: "d", entityLink: entityLink("table", table), parameterValues: must };
    await expect(catalog.put("testCase", { ...request, ...change })).rejects.toMatchObject(refused(status, message));
    expect((await catalog.page("testSuite")).total).toBe(0);
  });
});
