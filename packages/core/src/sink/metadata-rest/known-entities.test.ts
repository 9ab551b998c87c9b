import { beforeEach, describe, expect, test } from "@jest/globals";
import { childFqn, entityLink, fqnOf, type EntityType, type FQN } from "@omd/schema";
import { MemoryCatalog } from "../../../test/memory-catalog.ts";
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
