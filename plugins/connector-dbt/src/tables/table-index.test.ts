import { describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { parseFqn, splitFqn, unquoteName } from "@omd/schema";
import { TableIndex, type WantedTable } from "./table-index.ts";

const entity = (fqn: string, columns: unknown = []): CatalogEntity => ({
  id: fqn,
  name: unquoteName(splitFqn(fqn).at(-1) ?? ""),
  fullyQualifiedName: parseFqn(fqn),
  columns,
});

async function indexOf(...tables: (string | CatalogEntity)[]): Promise<TableIndex> {
  async function* listing() {
    for (const table of tables) yield typeof table === "string" ? entity(table) : table;
  }
  return TableIndex.read(listing());
}

const wanted = (database: string | undefined, schema: string | undefined, identifier: string): WantedTable => ({
  database,
  schema,
  identifier,
});

const found = (index: TableIndex, table: WantedTable): string => {
  const answer = index.find(table);
  if (answer.kind === "found") return answer.table.fqn;
  return answer.kind === "ambiguous" ? `ambiguous ${answer.fqns.join(" ")}` : "none";
};

describe("a table is found", () => {
  test.each<[string, WantedTable, string[], string]>([
    ["as it is written", wanted("d", "s", "t"), ["x.d.s.t", "x.d.s.T"], "x.d.s.t"],
    ["whatever the case", wanted("db", "analytics", "orders"), ["x.DB.ANALYTICS.ORDERS"], "x.DB.ANALYTICS.ORDERS"],
    ["with dots in its names", wanted("my.db", "s", "a.b"), ['x."my.db".s."a.b"', "x.my.db.s"], 'x."my.db".s."a.b"'],
    ["without a database", wanted(undefined, "s", "t"), ["x.default.s.t", "x.default.other.t"], "x.default.s.t"],
    ["without a schema", wanted("d", undefined, "t"), ["x.d.s.t", "x.e.s.t"], "x.d.s.t"],
    ["below the level that its service lacks", wanted("hive", "s", "t"), ["x.default.s.t"], "x.default.s.t"],
    ["in its database before that level", wanted("d", "s", "t"), ["x.default.s.t", "x.D.s.t"], "x.D.s.t"],
    ["by the sharper schema", wanted("d", "S", "t"), ["x.d.s.t", "x.d.S.t"], "x.d.S.t"],
    [
      "with what names may not hold",
      wanted("d", "s", 'a"b'),
      ["x.d.s.a__reserved__quote__b"],
      "x.d.s.a__reserved__quote__b",
    ],
  ])("%s", async (_how, table, tables, fqn) => {
    expect(found(await indexOf(...tables), table)).toBe(fqn);
  });
});

describe("a table is not found", () => {
  test.each<[string, WantedTable, string[], string]>([
    ["in another schema", wanted("d", "s", "t"), ["x.d.other.t"], "none"],
    ["in another database", wanted("d", "s", "t"), ["x.e.s.t"], "none"],
    ["by a part of its name", wanted("d", "s", "t"), ["x.d.s.tt", 'x.d.s."s.t"'], "none"],
    ["where two differ in case only", wanted("d", "s", "Tt"), ["x.d.s.tT", "x.d.s.TT"], "ambiguous x.d.s.TT x.d.s.tT"],
    ["where no schema tells which", wanted("d", undefined, "t"), ["x.d.a.t", "x.d.b.t"], "ambiguous x.d.a.t x.d.b.t"],
  ])("%s", async (_how, table, tables, answer) => {
    expect(found(await indexOf(...tables), table)).toBe(answer);
  });
});

describe("the nearest", () => {
  test("are tables of the same name, those of the schema first, at most three", async () => {
    const index = await indexOf("x.a.p.t", "x.b.p.t", "x.c.p.t", "x.d.s.t");
    expect(index.nearest(wanted("e", "s", "T"))).toEqual(["x.d.s.t", "x.a.p.t", "x.b.p.t"]);
  });

  test("else those of the most similar name, none where nothing is similar", async () => {
    const index = await indexOf("x.d.s.orders", "x.d.s.payments");
    expect(index.nearest(wanted("d", "s", "order"))).toEqual(["x.d.s.orders"]);
    expect(index.nearest(wanted("d", "s", "zzzzzzz"))).toEqual([]);
  });
});

test("columns come as they are written, those of structs behind them", async () => {
  const index = await indexOf(
    entity("x.d.s.t", [
      { name: "a.b" },
      { name: "addr", children: [{ name: "geo.pos", children: [{ name: "lat" }] }] },
      null,
      { name: "z", children: null },
    ]),
  );
  const answer = index.find(wanted("d", "s", "t"));
  expect(answer.kind === "found" && answer.table.columns).toEqual([
    "a.b",
    "addr",
    "z",
    'addr."geo.pos"',
    'addr."geo.pos".lat',
  ]);
});

test("what the run makes is found by what comes later", async () => {
  const index = await indexOf();
  const made = index.learn(parseFqn("x.d.s.t"));
  made.columns = ["id"];
  expect(index.find(wanted("D", "S", "T"))).toEqual({ kind: "found", table: made, isExact: false });
  expect(index.find(wanted("D", "s", "t"))).toMatchObject({ isExact: true });
});
