import { beforeEach, describe, expect, test } from "@jest/globals";
import { childFqn, entityLink, fqnOf, type EntityType, type FQN } from "@omd/schema";
import { MemoryCatalog } from "../../../test/memory-catalog.ts";
import type { CatalogEntity } from "../../contracts/index.ts";
import { KnownEntities } from "./known-entities.ts";

let memory: MemoryCatalog;
let known: KnownEntities;

const schema = fqnOf("svc", "db", "main");
const isNew = { id: "1", sourceHash: undefined, deleted: false, isNew: true };
const calls = (name: string): number => memory.calls.filter((call) => call === name).length;
const find = (entityType: EntityType, fqn: FQN) => known.find({ entityType, fqn });

beforeEach(() => {
  memory = new MemoryCatalog();
  known = new KnownEntities(memory.port());
});

describe("what lies below an entity that this run made", () => {
  test("is not listed", async () => {
    const table = childFqn(schema, "orders");
    await find("table", table);
    await known.learn({ entityType: "table", fqn: table }, isNew);
    memory.calls.length = 0;
    expect(await find("testCase", childFqn(table, "id", "not_null"))).toBeUndefined();
    expect(memory.calls).toEqual([]);
  });

  test("is listed when it is asked for again after long", async () => {
    const table = childFqn(schema, "orders");
    await find("table", table);
    await known.learn({ entityType: "table", fqn: table }, isNew);
    const testCase = childFqn(table, "not_null");
    await find("testCase", testCase);
    await known.learn({ entityType: "testCase", fqn: testCase }, isNew);
    expect(await find("testCase", testCase)).toEqual(isNew);
    await memory
      .port()
      .put("testCase", { name: "not_null", testDefinition: "d", entityLink: entityLink("table", table) });
    for (let at = 0; at < 300; at++) {
      await find("table", table);
      await find("testCase", childFqn(fqnOf("svc", "db", "other"), `t${at}`, "c"));
    }
    expect(await find("testCase", testCase)).toMatchObject({ id: "id-1" });
  });

  test("is listed when it was there before", async () => {
    const table = childFqn(schema, "orders");
    await find("table", table);
    await known.learn({ entityType: "table", fqn: table }, { ...isNew, isNew: false });
    memory.calls.length = 0;
    await find("testCase", childFqn(table, "not_null"));
    await find("testCase", childFqn(table, "id", "unique"));
    expect(memory.calls).toEqual(["list"]);
  });
});

test("a listing that is in use outlives others", async () => {
  await find("table", childFqn(schema, "t"));
  for (let at = 0; at < 100; at++) {
    await find("table", childFqn(fqnOf("svc", "db", `s${at}`), "t"));
    await find("table", childFqn(schema, "t"));
  }
  expect(calls("list")).toBe(101);
});

test("what a bulk write made is looked up only where its answer named no id", async () => {
  const [told, untold] = [childFqn(schema, "told"), childFqn(schema, "untold")];
  await find("table", told);
  await known.learnCreated({ entityType: "table", fqn: told }, "hash", "1");
  await known.learnCreated({ entityType: "table", fqn: untold }, "hash");
  expect(await find("table", told)).toMatchObject({ id: "1", sourceHash: "hash" });
  expect(calls("get")).toBe(0);
  await find("table", untold);
  expect(calls("get")).toBe(1);
});

test("ids of many that a bulk write made come in one listing of their parent", async () => {
  const tables = Array.from({ length: 10 }, (_, at) => childFqn(schema, `t${at}`));
  await find("table", childFqn(schema, "none"));
  await memory.port().put("databaseService", { name: "svc", serviceType: "Mysql" });
  await memory.port().put("database", { name: "db", service: "svc" });
  await memory.port().put("databaseSchema", { name: "main", database: fqnOf("svc", "db") });
  for (const [at, fqn] of tables.entries()) {
    await memory.port().put("table", { name: `t${at}`, databaseSchema: schema, columns: [] });
    await known.learnCreated({ entityType: "table", fqn }, "hash");
  }
  memory.calls.length = 0;
  const found = await Promise.all(tables.map((fqn) => find("table", fqn)));
  expect(found.map((one) => one?.isNew)).toEqual(tables.map(() => true));
  expect(new Set(found.map((one) => one?.id)).size).toBe(10);
  expect([calls("get"), calls("list")]).toEqual([3, 1]);
});

describe("what the source has listed", () => {
  const read = async (fields: string[]): Promise<void> => {
    for await (const { id } of known.overheard("table", { below: fqnOf("svc"), fields })) expect(id).not.toBe("");
  };
  const table = childFqn(schema, "orders");

  beforeEach(async () => {
    const port = memory.port();
    await port.put("databaseService", { name: "svc", serviceType: "Mysql" });
    await port.put("database", { name: "db", service: "svc" });
    await port.put("databaseSchema", { name: "main", database: fqnOf("svc", "db") });
    await port.put("table", { name: "orders", databaseSchema: schema, columns: [], sourceHash: "h" });
  });

  test("is not listed again; what it lacks may be deleted and is", async () => {
    await read(["columns", "sourceHash"]);
    memory.calls.length = 0;
    expect(await find("table", table)).toMatchObject({ sourceHash: "h", deleted: false });
    expect(calls("list")).toBe(0);
    expect(await find("table", childFqn(schema, "none"))).toBeUndefined();
    expect(calls("list")).toBe(1);
  });

  test("without hashes is not believed", async () => {
    await read(["columns"]);
    memory.calls.length = 0;
    await find("table", table);
    expect(calls("list")).toBe(1);
  });

  test("gives way to what the run has written", async () => {
    await read(["sourceHash"]);
    await known.learn({ entityType: "table", fqn: table }, { id: "1", sourceHash: "new", deleted: false });
    await read(["sourceHash"]);
    expect(await find("table", table)).toMatchObject({ sourceHash: "new" });
  });
});

describe("test cases of many tables of a server", () => {
  const table = (at: number): FQN => childFqn(schema, `t${at}`);
  const testCase = (at: number): FQN => childFqn(table(at), "not_null");
  const over = (rows: () => Iterable<unknown>): void => {
    const port = memory.port();
    const list: typeof port.list = async function* (type, options) {
      const all = port.list(type, options);
      if (type === "testCase" && options?.below === undefined) yield* rows() as Iterable<CatalogEntity>;
      else yield* all;
    };
    known = new KnownEntities({ ...port, kind: "rest", list });
  };
  const row = (at: number) => ({ id: `c${at}`, name: "not_null", fullyQualifiedName: testCase(at) });

  test("come in one listing, with those that the run has made", async () => {
    over(() => [row(25), row(40)]);
    const asked = Array.from({ length: 60 }, (_, at) => at);
    const found = await Promise.all(asked.map((at) => find("testCase", testCase(at))));
    expect(found.flatMap((one) => one?.id ?? [])).toEqual(["c25", "c40"]);
    expect(calls("list")).toBe(21);
    await known.learn({ entityType: "testCase", fqn: testCase(30) }, isNew);
    for (let at = 100; at < 400; at += 1) await find("testCase", testCase(at));
    expect(await find("testCase", testCase(30))).toEqual(isNew);
    expect(calls("list")).toBe(21);
  });

  test.each<[string, () => Iterable<unknown>]>([
    ["are too many to hold", () => Array.from({ length: 10_001 }, (_, at) => row(at))],
    [
      "cannot be listed",
      () => {
        throw new Error("no");
      },
    ],
  ])("that %s are asked for table by table", async (_why, rows) => {
    over(rows);
    for (let at = 0; at < 30; at += 1) expect(await find("testCase", testCase(at))).toBeUndefined();
    expect(calls("list")).toBe(31);
  });
});

describe("test definitions", () => {
  test("are looked up one by one while they are few", async () => {
    for (let at = 0; at < 20; at++) await find("testDefinition", fqnOf(`d${at}`));
    expect([calls("get"), calls("list")]).toEqual([20, 0]);
  });

  test("are listed once when they are many; those of this run are among them", async () => {
    await memory.port().put("testDefinition", { name: "d99", entityType: "TABLE", testPlatforms: ["dbt"] });
    for (let at = 0; at < 100; at++) {
      const found = await find("testDefinition", fqnOf(`d${at}`));
      expect(found !== undefined).toBe(at === 99);
      if (at === 50) await known.learn({ entityType: "testDefinition", fqn: fqnOf("d50") }, isNew);
    }
    expect([calls("get"), calls("list")]).toEqual([20, 1]);
    expect(await find("testDefinition", fqnOf("d50"))).toEqual(isNew);
  });

  test("are listed anew when the listing broke", async () => {
    const port = memory.port();
    const lists = [() => Promise.reject(new Error("a page was lost"))];
    const list: typeof port.list = async function* (...asked) {
      await lists.pop()?.();
      yield* port.list(...asked);
    };
    known = new KnownEntities({ ...port, list });
    for (let at = 0; at < 20; at++) await find("testDefinition", fqnOf(`d${at}`));
    await expect(find("testDefinition", fqnOf("x"))).rejects.toThrow("a page was lost");
    expect(await find("testDefinition", fqnOf("x"))).toBeUndefined();
  });
});
