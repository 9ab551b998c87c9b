import { expect, test } from "@jest/globals";
import { CatalogDatabase } from "./database.ts";
import { Remembered } from "./remembered.ts";

/** Answers after a while, so that the figure is held to be costly. */
function slowly(answer: string): () => string {
  return () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    return answer;
  };
}

test("a costly figure may be old, but never of another catalog", () => {
  const db = new CatalogDatabase({ file: ":memory:" });
  const figure = new Remembered<string>(db);
  expect(figure.value(slowly("first"))).toBe("first");
  db.run("INSERT INTO meta VALUES ('test', '1')");
  expect(figure.value(slowly("second"))).toBe("first");
  db.reset();
  expect(figure.value(slowly("third"))).toBe("third");
  db.close();
});
