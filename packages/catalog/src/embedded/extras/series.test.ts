import { expect, test } from "@jest/globals";
import { CatalogDatabase } from "../database.ts";
import { ofEntity } from "./series.ts";

test("the values of one entity are found without those of others", () => {
  const db = new CatalogDatabase({ file: ":memory:" });
  const [step] = db.all(`EXPLAIN QUERY PLAN SELECT body ${ofEntity}`, "id", "extension", null, 0, 1);
  expect(step?.detail).toBe("SEARCH series USING PRIMARY KEY (entity_id=? AND extension=?)");
  db.close();
});
