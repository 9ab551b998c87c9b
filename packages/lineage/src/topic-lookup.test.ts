import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Resolution } from "@omd/core";
import { fakeCatalog, type FakeCatalog } from "../test/fake-catalog.ts";
import { createResolver, type ResolverOptions } from "./resolver.ts";

let catalog: FakeCatalog;
const resolver = (options: Partial<ResolverOptions> = {}) =>
  createResolver({ catalog, databaseServices: [], storageServices: [], ...options });
/** The FQN, or why there is none. */
const outcome = (resolution: Resolution) =>
  resolution.kind === "resolved" ? `${resolution.entity.entityType} ${resolution.entity.fqn}` : resolution.reason;

beforeEach(() => {
  catalog = fakeCatalog();
});

describe("topics", () => {
  beforeEach(() => {
    catalog.add("topic", 'k."shop.orders"');
    catalog.add("topic", "k.clicks");
    catalog.add("topic", "k2.clicks");
  });

  test.each([
    ["kafka://h:9092/shop.orders", [], 'topic k."shop.orders"'],
    ["kafka://h:9092/clicks", ["k2"], "topic k2.clicks"],
    ["kafka://h:9092/clicks", [], "ambiguous: 2 topics have clicks"],
    ["kafka://h:9092/orders", [], "no messaging service has the topic orders"],
    ["kafka://h:9092/Clicks", ["k"], "the messaging service k does not have the topic Clicks"],
    ["k.clicks", [], "topic k.clicks"],
  ])("%s in %j", async (uri, messagingServices, expected) => {
    expect(outcome(await resolver({ messagingServices }).dataset(uri))).toBe(expected);
  });

  test("near are topics of that name in other services or another case", async () => {
    expect(await resolver({ messagingServices: ["k3"] }).dataset("kafka://h/clicks")).toMatchObject({
      nearest: ["k.clicks", "k2.clicks"],
    });
  });
});
