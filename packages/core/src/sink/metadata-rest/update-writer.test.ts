import { beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf, type EntityUpdateRecord, type JsonPatchOperation, type MetadataRecord } from "@omd/schema";
import { MemoryCatalog } from "../../../test/memory-catalog.ts";
import { CatalogError } from "../../errors.ts";
import type { Catalog, Either, Written } from "../../contracts/index.ts";
import { KnownEntities } from "./known-entities.ts";
import { MetadataRestSink } from "./sink.ts";

let memory: MemoryCatalog;
const pipeline = fqnOf("svc", "a");

function sinkOver(catalog: Catalog): MetadataRestSink {
  return new MetadataRestSink({
    catalog,
    known: new KnownEntities(catalog),
    overrideMetadata: false,
    forceEntityOverwriting: false,
    storeServiceConnection: true,
  });
}

/** A catalog that refuses custom properties that are not defined, as a server does: the whole patch with them. */
function withoutProperties(...defined: string[]): { catalog: Catalog; patches: (readonly JsonPatchOperation[])[] } {
  const port = memory.port();
  const patches: (readonly JsonPatchOperation[])[] = [];
  const catalog: Catalog = {
    ...port,
    patch: (type, id, operations) => {
      patches.push(operations);
      const unknown = operations
        .flatMap((one) =>
          one.path === "/extension" && one.op !== "remove"
            ? Object.keys(one.value as object)
            : one.path.startsWith("/extension/")
              ? [one.path.slice(11)]
              : [],
        )
        .find((name) => !defined.includes(name));
      return unknown === undefined
        ? port.patch(type, id, operations)
        : Promise.reject(new CatalogError(`Unknown custom field ${unknown}`, { status: 400 }));
    },
  };
  return { catalog, patches };
}

function update(set: EntityUpdateRecord["set"], fqn = pipeline): MetadataRecord {
  return { kind: "entityUpdate", entityType: "pipeline", fqn, set };
}

beforeEach(async () => {
  memory = new MemoryCatalog();
  await memory.port().put("pipelineService", { name: "svc", serviceType: "Airflow" });
  await memory.port().put("pipeline", { name: "a", service: "svc" });
  memory.calls.length = 0;
});

describe("custom properties that the catalog refuses", () => {
  test("fail by name and keep nothing else away", async () => {
    const { catalog, patches } = withoutProperties();
    const result = await sinkOver(catalog).run(update({ description: "d", extension: { x: 1 } }));
    expect(result.left).toMatchObject({
      name: "svc.a",
      error: expect.stringMatching(/Custom properties of svc\.a were refused: x \(Unknown custom field x\)/),
    });
    expect(patches).toHaveLength(2);
    expect(memory.stored.get("pipeline svc.a")?.entity["description"]).toBe("d");
  });

  test("keep the valid ones not away, and are said by name", async () => {
    const { catalog } = withoutProperties("cost", "team");
    const extension = { bad: 1, cost: 2, "od/d": 3, team: "a" };
    const first = await sinkOver(catalog).run(update({ extension }));
    expect(first.left?.error).toContain(
      "Custom properties of svc.a were refused: bad (Unknown custom field bad), od/d (Unknown custom field od~1d)",
    );
    const stored = () => memory.stored.get("pipeline svc.a")?.entity["extension"];
    expect(stored()).toEqual({ cost: 2, team: "a" });
    // What the entity has by now is not sent again.
    const again = withoutProperties("cost", "team");
    expect((await sinkOver(again.catalog).run(update({ extension }))).left?.error).toContain("were refused: bad (");
    expect(again.patches.slice(1).map((one) => one.map(({ path }) => path))).toEqual([
      ["/extension/bad"],
      ["/extension/od~1d"],
    ]);
  });

  test("are tried a bounded number of times", async () => {
    const { catalog, patches } = withoutProperties();
    const extension = Object.fromEntries(Array.from({ length: 80 }, (_, at) => [`p${at}`, at]));
    const { left } = await sinkOver(catalog).run(update({ extension }));
    expect(patches).toHaveLength(51);
    expect(left?.error).toContain("p49 (Unknown custom field p49), p50 (not tried)");
  });

  test("are not tried again when there is nothing else", async () => {
    const { catalog, patches } = withoutProperties();
    expect((await sinkOver(catalog).run(update({ extension: { x: 1 } }))).left).toBeDefined();
    expect(patches).toHaveLength(1);
  });
});

test("a tag that was asked for too early is known once it is written", async () => {
  const sink = sinkOver(memory.port());
  const tags = [{ tagFQN: "C.t", source: "Classification", labelType: "Automated", state: "Confirmed" } as const];
  expect((await sink.run(update({ tags }))).right).toMatchObject({
    outcome: "unchanged",
    warning: expect.stringContaining("tag C.t"),
  });
  const tag = { name: "t", description: "d" };
  expect((await sink.run({ kind: "tag", classification: { name: "C", description: "d" }, tag })).left).toBeUndefined();
  expect((await sink.run(update({ tags }))).right).toEqual({ outcome: "updated", name: "svc.a" });
});

test("any other refusal is the failure of the record", async () => {
  memory.failing.add("patch");
  const { left } = await sinkOver(memory.port()).run(update({ description: "d", extension: { x: 1 } }));
  expect(left?.error).toContain("patch is out of order");
  expect(memory.calls.filter((call) => call === "patch")).toHaveLength(1);
});

test("only so many missing entities are searched for, and a failing search is no failure", async () => {
  memory.failing.add("search");
  const sink = sinkOver(memory.port());
  const results: Either<Written>[] = [];
  for (let at = 0; at < 60; at += 1)
    results.push(await sink.run(update({ description: "d" }, fqnOf("svc", `none${at}`))));
  expect(new Set(results.map(({ right }) => right?.outcome))).toEqual(new Set(["missing"]));
  expect(results[0]?.right?.warning).toBe("this pipeline is not in the catalog");
  expect(memory.calls.filter((call) => call === "search")).toHaveLength(100);
});

describe("custom properties of a catalog that tells which it has", () => {
  const telling = (defined: Record<string, string | undefined>): { catalog: Catalog; asked: string[] } => {
    const asked: string[] = [];
    const catalog: Catalog = {
      ...withoutProperties(...Object.keys(defined)).catalog,
      customProperties: (type) => {
        asked.push(type);
        return Promise.resolve(Object.entries(defined).map(([name, of]) => ({ name, type: of })));
      },
    };
    return { catalog, asked };
  };
  const extension = { cost: 2, none: 1 };

  test("are asked for once, and what is not defined is said once", async () => {
    await memory.port().put("pipeline", { name: "b", service: "svc" });
    const { catalog, asked } = telling({ cost: "integer" });
    const sink = sinkOver(catalog);
    const both = await Promise.all([
      sink.run(update({ extension })),
      sink.run(update({ description: "d", extension }, fqnOf("svc", "b"))),
    ]);
    expect(both.map(({ right }) => right?.outcome)).toEqual(["updated", "updated"]);
    expect(both.flatMap(({ right }) => right?.notices ?? [])).toEqual([
      { name: "custom property none of pipeline", reason: expect.stringContaining("add none to the type pipeline") },
    ]);
    expect(asked).toEqual(["pipeline"]);
    expect(memory.stored.get("pipeline svc.b")?.entity).toMatchObject({ description: "d", extension: { cost: 2 } });
  });

  test("keep a value that looks like a reference where the property is none", async () => {
    const value = { type: "pipeline", fqn: "svc.a" };
    await sinkOver(telling({ note: "string" }).catalog).run(update({ extension: { note: value } }));
    expect(memory.stored.get("pipeline svc.a")?.entity["extension"]).toEqual({ note: value });
  });

  test("that refer to nothing are left out by name", async () => {
    const asked = {
      one: { type: "pipeline", fqn: "svc.none" },
      odd: { type: "nothing", fqn: "a" },
      list: { type: "pipeline", fqn: "svc.a" },
    };
    const { catalog } = telling({ one: "entityReference", odd: undefined, list: "entityReferenceList" });
    const { right } = await sinkOver(catalog).run(update({ extension: asked }));
    expect(right?.warning).toBe(
      "not in the catalog and left out: nothing a of custom property odd, pipeline svc.none of custom property one",
    );
    const id = memory.stored.get("pipeline svc.a")?.entity.id;
    expect(memory.stored.get("pipeline svc.a")?.entity["extension"]).toEqual({
      list: [{ id, type: "pipeline", name: "a", fullyQualifiedName: "svc.a" }],
    });
  });

  test("are not written again where the catalog shows more of a reference", async () => {
    const { catalog } = telling({ one: "entityReference" });
    const { id } = memory.stored.get("pipeline svc.a")?.entity ?? { id: "" };
    const shown = { one: { id, type: "pipeline", name: "a", fullyQualifiedName: "svc.a", displayName: "A" } };
    await memory.port().patch("pipeline", id, [{ op: "add", path: "/extension", value: shown }]);
    const asked = { one: { type: "pipeline", fqn: "svc.a" } };
    const record = { ...update({ extension: asked }), override: ["extension"] } as MetadataRecord;
    expect((await sinkOver(catalog).run(record)).right?.outcome).toBe("unchanged");
  });
});
