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

describe("names of the catalog", () => {
  test.each(["pg.shop.public.orders", "x-omd:table:pg.shop.public.orders", "<#E::table::pg.shop.public.orders>"])(
    "%s",
    async (name) => {
      catalog.add("table", "pg.shop.public.orders");
      expect(outcome(await resolver().dataset(name))).toBe("table pg.shop.public.orders");
    },
  );

  test("four parts may be a container too", async () => {
    catalog.add("container", "s3.a.b.c");
    expect(outcome(await resolver().dataset("s3.a.b.c"))).toBe("container s3.a.b.c");
  });

  test("three parts are a container, or else a table in some service", async () => {
    catalog.add("table", "pg.shop.public.orders");
    expect(outcome(await resolver().dataset("shop.public.orders"))).toBe("table pg.shop.public.orders");
    expect(outcome(await resolver().dataset("shop.public.none"))).toBe("no database service has shop.public.none");
    catalog.add("container", "s3.lake.raw");
    expect(outcome(await resolver().dataset("s3.lake.raw"))).toBe("container s3.lake.raw");
  });

  test("another case is only near", async () => {
    catalog.add("table", "pg.shop.public.Orders");
    expect(await resolver().dataset("x-omd:table:pg.shop.public.orders")).toEqual({
      kind: "unresolved",
      reason: "the catalog has no table named pg.shop.public.orders",
      nearest: ["pg.shop.public.Orders"],
    });
  });

  test("what is no name is not looked for", async () => {
    expect(outcome(await resolver().dataset("ftp://h/x"))).toBe(
      "datasets of the scheme ftp: are not known (ftp://h/x)",
    );
    expect(catalog.calls).toEqual([]);
  });
});

describe("the cache of a run", () => {
  test("asks once, at the same time or later", async () => {
    catalog.add("table", "pg.shop.public.orders");
    const one = resolver();
    const uri = "postgres://h/shop/public/orders";
    const [a, b] = await Promise.all([one.dataset(uri), one.dataset(uri)]);
    expect(a).toBe(b);
    const calls = catalog.calls.length;
    one.wrote("table");
    await one.dataset(uri);
    expect(catalog.calls).toHaveLength(calls);
  });

  test("what was not there is asked again only after a write", async () => {
    const one = resolver();
    const uri = "postgres://h/shop/public/late";
    expect((await one.dataset(uri)).kind).toBe("unresolved");
    catalog.add("table", "pg.shop.public.late");
    expect((await one.dataset(uri)).kind).toBe("unresolved");
    one.wrote("table");
    expect((await one.dataset(uri)).kind).toBe("resolved");
  });

  test("a place of a store too", async () => {
    const one = resolver();
    await one.dataset("s3://b/k");
    catalog.add("container", "s3.b", { fullPath: "s3://b" });
    one.wrote("container");
    expect((await one.dataset("s3://b/k")).kind).toBe("resolved");
  });

  test("an error of the catalog is thrown and not remembered", async () => {
    catalog.add("table", "pg.shop.public.orders");
    let failing = true;
    const one = resolver({
      catalog: {
        ...catalog,
        search: (...args) => (failing ? Promise.reject(new Error("down")) : catalog.search(...args)),
      },
    });
    await expect(one.dataset("postgres://h/shop/public/orders")).rejects.toThrow("down");
    failing = false;
    expect((await one.dataset("postgres://h/shop/public/orders")).kind).toBe("resolved");
  });
});

describe("owners", () => {
  const ann = { id: "1", type: "user", name: "ann" };
  const annabel = { id: "2", type: "user", name: "annabel" };

  test("exact before fuzzy", async () => {
    catalog = fakeCatalog({ annabel, ann });
    expect(await resolver().owner(" ann ")).toEqual(ann);
    expect(catalog.calls).toEqual(["findOwner ann"]);
    expect(await resolver().owner("annab")).toEqual(annabel);
    expect(catalog.calls.slice(1)).toEqual(["findOwner annab", "findOwner annab fuzzy"]);
  });

  test("created once when nobody has that name", async () => {
    const created: string[] = [];
    const one = resolver({
      createOwner: (name) => {
        created.push(name);
        return Promise.resolve({ id: "9", type: "user", name });
      },
    });
    const owners = await Promise.all([one.owner("bob"), one.owner("bob"), one.owner("eve")]);
    expect(owners.map((owner) => owner?.name)).toEqual(["bob", "bob", "eve"]);
    expect(created).toEqual(["bob", "eve"]);
  });

  test("exactly: nobody is taken for another, and nobody is made", async () => {
    const one = resolver({ createOwner: () => Promise.reject(new Error("asked to make one")) });
    expect(await one.owner("bob", { exact: true })).toBeUndefined();
    expect(catalog.calls).not.toContainEqual(expect.stringContaining("fuzzy"));
  });

  test("nobody", async () => {
    const one = resolver();
    expect(await one.owner("bob")).toBeUndefined();
    expect(await one.owner("  ")).toBeUndefined();
    const calls = catalog.calls.length;
    expect(await one.owner("bob")).toBeUndefined();
    expect(catalog.calls).toHaveLength(calls);
  });
});
