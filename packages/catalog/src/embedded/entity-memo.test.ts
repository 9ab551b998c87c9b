import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { CatalogDatabase } from "./database.ts";
import { EntityStore, type StoredEntity } from "./entity-store.ts";

let db: CatalogDatabase;
let store: EntityStore;
beforeEach(() => {
  db = new CatalogDatabase({ file: ":memory:" });
  store = new EntityStore(db);
});
afterEach(() => {
  db.close();
});

const first: StoredEntity = {
  id: "1",
  type: "tag",
  name: "hot",
  fqn: "c.hot",
  parentId: undefined,
  deleted: false,
  version: 0.1,
  updatedAt: 1,
  change: undefined,
  body: { description: "first" },
};
const second: StoredEntity = { ...first, version: 0.2, body: { description: "second" } };
const description = (): unknown => store.byFqn("tag", "c.hot")?.body["description"];

test("a transaction reads an entity once, and sees what it changes itself", () => {
  db.transaction(() => {
    store.insert(first);
    expect(store.byId("tag", "1")).toBe(store.byFqn("tag", "c.hot"));
    store.update(first, second);
    expect([description(), store.byId("tag", "1")?.version]).toEqual(["second", 0.2]);
    store.mark("1", true, 2);
    expect(store.byId("tag", "1")?.deleted).toBe(true);
    store.remove("1");
    expect(description()).toBeUndefined();
  });
});

test("what is undone was never read", () => {
  db.transaction(() => {
    store.insert(first);
    const undone = (): void => {
      store.update(first, second);
      expect(description()).toBe("second");
      throw new Error("undone");
    };
    expect(() => db.savepoint(undone)).toThrow("undone");
    expect(description()).toBe("first");
  });
  const undone = (): void => {
    store.update(first, second);
    expect(description()).toBe("second");
    throw new Error("undone");
  };
  expect(() => db.transaction(undone)).toThrow("undone");
  expect(description()).toBe("first");
  expect(db.transaction(description)).toBe("first");
});

test("nothing is kept from one transaction to the next, as others write in between", () => {
  db.transaction(() => store.insert(first));
  expect(db.transaction(description)).toBe("first");
  new EntityStore(db).update(first, second);
  expect([description(), db.transaction(description)]).toEqual(["second", "second"]);
});

test("an id is of one type", () => {
  db.transaction(() => {
    store.insert(first);
    expect(store.byId("tag", "1")?.name).toBe("hot");
    expect(store.byId("table", "1")).toBeUndefined();
  });
});
