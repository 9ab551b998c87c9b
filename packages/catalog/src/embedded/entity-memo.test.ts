import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { addAllTypes, addGovernance } from "../../test/all-types-fixture.ts";
import { CatalogDatabase } from "./database.ts";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";
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

test("what is remembered from one transaction to the next is what is there, whoever wrote in between", () => {
  const folder = mkdtempSync(join(tmpdir(), "omd-memo-"));
  const file = join(folder, "catalog.db");
  const [ours, theirs] = [new CatalogDatabase({ file }), new CatalogDatabase({ file })];
  try {
    const [mine, other] = [new EntityStore(ours), new EntityStore(theirs)];
    const seen = (): StoredEntity | undefined => ours.transaction(() => mine.byFqn("tag", "c.hot"));
    ours.transaction(() => mine.insert(first));
    expect(seen()).toBe(first);
    theirs.transaction(() => other.update(first, second));
    expect(seen()).toMatchObject({ version: 0.2, body: second.body });
    expect(seen()).toBe(seen());
    ours.reset();
    expect(seen()).toBeUndefined();
  } finally {
    ours.close();
    theirs.close();
    rmSync(folder, { recursive: true });
  }
});

test("an entity that was just written reads as it is stored", async () => {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  const insert = jest.spyOn(EntityStore.prototype, "insert");
  await addAllTypes(catalog);
  await addGovernance(catalog);
  const written = insert.mock.calls.map(([entity]) => entity);
  insert.mockRestore();
  expect(new Set(written.map(({ type }) => type)).size).toBeGreaterThan(25);
  for (const { body } of written) expect(JSON.parse(JSON.stringify(body))).toStrictEqual(body);
  await catalog.close();
});

test("an id is of one type", () => {
  db.transaction(() => {
    store.insert(first);
    expect(store.byId("tag", "1")?.name).toBe("hot");
    expect(store.byId("table", "1")).toBeUndefined();
  });
});
