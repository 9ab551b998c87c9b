import { expect, test } from "@jest/globals";
import { findEntity } from "./find-entity.ts";

const empty = { get: async () => undefined };

test("an entity that is not there is named, with the time that was asked for", async () => {
  await expect(findEntity(empty, "shop.orders", "table")).rejects.toThrow(
    /^the catalog has no table named shop.orders\n/,
  );
  await expect(findEntity(empty, "shop.orders", undefined, Date.UTC(2020, 0, 1))).rejects.toThrow(
    /^the catalog had no entity named shop.orders at 2020-01-01T00:00:00.000Z\n.*--asof/,
  );
});
