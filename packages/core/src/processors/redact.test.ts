import type { EntityRecord } from "@omd/schema";
import { describe, expect, test } from "@jest/globals";
import { edge, run, table, tableRecord } from "./record-fixture.ts";

describe("redact", () => {
  const mask = "*********";
  test("masks by pattern in the known fields, however deep, and nowhere else", () => {
    const record: EntityRecord = {
      kind: "entity",
      entityType: "pipeline",
      request: {
        name: "card 4111",
        service: "s",
        description: "card 4111 and 4112",
        sourceUrl: "http://x/4111",
        tasks: [{ name: "t 4111", taskSQL: "select 4111", description: "4111" }],
      },
    };
    expect(run({ type: "redact", patterns: ["4\\d{3}"] }, record)).toEqual({
      ...record,
      request: {
        ...record.request,
        description: `card ${mask} and ${mask}`,
        sourceUrl: `http://x/${mask}`,
        tasks: [{ name: "t 4111", taskSQL: `select ${mask}`, description: mask }],
      },
    });
  });

  test.each([
    ["password=hunter2&x=1", `password=${mask}&x=1`],
    ["PASSWORD 'it''s' x", `PASSWORD ${mask} x`],
    ['{"password": "a b\\"c", "x": 1}', `{"password": ${mask}, "x": 1}`],
    ["--password hunter2 --host h", `--password ${mask} --host h`],
    ["password := 'x y';", `password := ${mask};`],
    ["password:hunter2", `password:${mask}`],
    ["passwords are fine", "passwords are fine"],
    ["nopassword=1", "nopassword=1"],
  ])("masks the value of a key: %s", (text, expected) => {
    const record = tableRecord("t", { schemaDefinition: text });
    expect(run({ type: "redact", keys: ["password"] }, record)).toMatchObject({
      request: { schemaDefinition: expected },
    });
  });

  test("looks through SQL of edges and through other fields when told", () => {
    const sql = { ...edge(table("a"), table("b")), sqlQuery: "x SECRET", description: "y SECRET" };
    const config = { type: "redact", patterns: ["SECRET"] };
    expect(run(config, sql)).toMatchObject({ sqlQuery: `x ${mask}`, description: `y ${mask}` });
    expect(
      run({ ...config, fields: ["displayName"] }, tableRecord("t", { displayName: "SECRET", description: "SECRET" })),
    ).toMatchObject({
      request: { displayName: mask, description: "SECRET" },
    });
  });
});
