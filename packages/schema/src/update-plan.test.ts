import { describe, expect, test } from "@jest/globals";
import fastJsonPatch, { type Operation } from "fast-json-patch";
import type { CuratedField, SaidSet } from "./records/entity-update.ts";
import { saidOf } from "./said-set.ts";
import { planUpdate, type ResolvedSet } from "./update-plan.ts";

type Json = Record<string, unknown>;
const label = (tagFQN: string) =>
  ({ tagFQN, source: "Classification", labelType: "Manual", state: "Confirmed" }) as const;

/** What the plan makes of the entity; checks that each operation is valid and that nothing is left to do. */
function updated(stored: Json, set: ResolvedSet, ...replace: CuratedField[]): Json {
  const mayReplace = (field: CuratedField) => replace.includes(field);
  const { operations } = planUpdate(stored, set, mayReplace);
  const result = fastJsonPatch.applyPatch(structuredClone(stored), operations as Operation[], true).newDocument;
  expect(planUpdate(result, set, mayReplace).operations).toEqual([]);
  return result;
}

describe("curated fields", () => {
  test.each<[CuratedField, ResolvedSet, unknown, unknown]>([
    ["description", { description: "new" }, "old", "new"],
    ["owners", { owners: [{ id: "2", type: "user" }] }, [{ id: "1" }], [{ id: "2", type: "user" }]],
    ["domains", { domains: [{ id: "2", type: "domain" }] }, [{ id: "1" }], [{ id: "2", type: "domain" }]],
    ["extension", { extension: { a: 2 } }, { a: 1, b: 1 }, { a: 2, b: 1 }],
  ])("%s: filled when empty, kept when there, replaced when it may be", (field, set, old, after) => {
    expect(updated({}, set)).toEqual(set);
    expect(updated({ [field]: old }, set)).toEqual({ [field]: old });
    expect(updated({ [field]: old }, set, field)).toEqual({ [field]: after });
  });

  test("what is inherited does not count as there", () => {
    const set = { domains: [{ id: "2", type: "domain" }] };
    expect(updated({ domains: [{ id: "1", inherited: true }] }, set)).toEqual(set);
  });

  test("empty values change nothing", () => {
    const stored = { description: "d", owners: [{ id: "1" }], tags: [label("a.b")] };
    const set = { description: " ", owners: [], tags: [], extension: {}, columnTags: {} };
    expect(updated(stored, set, "description", "owners", "extension")).toEqual(stored);
  });
});

describe("tags and tier", () => {
  test("tags are added, never removed; the tier is one of them", () => {
    const stored = { tags: [label("a.b")] };
    const after = updated(stored, { tags: [label("a.b"), label("c.d")], tier: "Tier.Tier1" as never });
    expect((after["tags"] as { tagFQN: string }[]).map((tag) => tag.tagFQN)).toEqual(["a.b", "c.d", "Tier.Tier1"]);
  });

  test("another tier stays, unless it may be replaced in its place", () => {
    const stored = { tags: [label("Tier.Tier2"), label("a.b")] };
    const set = { tier: "Tier.Tier1" as never };
    expect(updated(stored, set)).toEqual(stored);
    expect(updated(stored, set, "tier")["tags"]).toMatchObject([{ tagFQN: "Tier.Tier1" }, { tagFQN: "a.b" }]);
  });
});

describe("columns", () => {
  const columns = [
    { name: "ID" },
    { name: "a.b", description: "kept" },
    { name: "s", children: [{ name: "Leaf" }] },
    { name: "x", description: "small" },
    { name: "X" },
  ];

  test("are found by path, exact before caseless", () => {
    const set = { columnDescriptions: { id: "1", '"a.b"': "2", "s.leaf": "3", X: "4" } };
    expect(updated({ columns }, set)["columns"]).toEqual([
      { name: "ID", description: "1" },
      { name: "a.b", description: "kept" },
      { name: "s", children: [{ name: "Leaf", description: "3" }] },
      { name: "x", description: "small" },
      { name: "X", description: "4" },
    ]);
  });

  test("get tags; those that are not there are named once", () => {
    const set = { columnTags: { id: [label("a.b")], no: [label("a.b")] }, columnDescriptions: { no: "x" } };
    expect(updated({ columns }, set)["columns"]).toMatchObject([{ tags: [{ tagFQN: "a.b" }] }, {}, {}, {}, {}]);
    expect(planUpdate({ columns }, set, () => false).unknownColumns).toEqual(["no"]);
    expect(planUpdate({}, set, () => false).operations).toEqual([]);
  });
});

test("of a life cycle the later step holds", () => {
  const stored = { lifeCycle: { created: { timestamp: 1 }, updated: { timestamp: 5 } } };
  const set = { lifeCycle: { updated: { timestamp: 4 }, accessed: { timestamp: 9 } } };
  expect(updated(stored, set)["lifeCycle"]).toEqual({ ...stored.lifeCycle, accessed: { timestamp: 9 } });
  expect(updated({}, set)).toEqual(set);
});

describe("what was said before", () => {
  const set = (word: string): ResolvedSet => ({
    description: `the ${word}`,
    columnDescriptions: { id: `id of ${word}` },
    owners: [{ id: word, type: "user" }],
    domains: [{ id: word, type: "domain", fullyQualifiedName: word }],
    tags: [automated(`access.${word}`)],
    columnTags: { id: [automated(`grain.${word}`)] },
    tier: `Tier.${word}` as never,
    extension: { cost: { b: 1, a: word }, [word]: 1 },
  });
  const automated = (tagFQN: string) => ({ ...label(tagFQN), labelType: "Automated" }) as const;
  const before = saidOf({ ...set("old"), domains: ["old" as never] });
  const stored = updated({ columns: [{ name: "id" }] }, set("old"));

  function after(entity: Json, wanted: ResolvedSet, ...said: SaidSet[]): Json {
    const { operations } = planUpdate(entity, wanted, () => false, said);
    const result = fastJsonPatch.applyPatch(structuredClone(entity), operations as Operation[], true).newDocument;
    expect(planUpdate(result, wanted, () => false, said).operations).toEqual([]);
    return result;
  }
  const tagsOf = (entity: Json) => (entity["tags"] as { tagFQN: string }[]).map(({ tagFQN }) => tagFQN).toSorted();

  test("is replaced where the catalog still has it, tags and custom properties that are gone are removed", () => {
    const now = after(stored, set("new"), before);
    expect(now).toMatchObject({
      description: "the new",
      owners: [{ id: "new" }],
      domains: [{ id: "new" }],
      columns: [{ description: "id of new", tags: [{ tagFQN: "grain.new" }] }],
    });
    expect(now["extension"]).toEqual({ cost: { b: 1, a: "new" }, new: 1 });
    expect(tagsOf(now)).toEqual(["Tier.new", "access.new"]);
    // Without it all stays, as it did before, and only tags are added.
    expect(after(stored, set("new"))).toMatchObject({ description: "the old", owners: [{ id: "old" }] });
  });

  test("descriptions, owners and domains are never emptied", () => {
    const now = after(stored, {}, before);
    expect(now).toMatchObject({ description: "the old", owners: [{ id: "old" }], domains: [{ id: "old" }] });
    expect([now["tags"], now["extension"], now["columns"]]).toMatchObject([[], {}, [{ tags: [] }]]);
  });

  test("what people wrote in its place stays", () => {
    const edited = {
      ...stored,
      description: "by people",
      owners: [{ id: "ann", type: "user" }],
      domains: [{ id: "own", fullyQualifiedName: "own" }],
      tags: [{ ...label("access.old"), labelType: "Manual" }, label("Tier.mine"), label("by.people")],
      extension: { cost: "by people", old: 2 },
      columns: [{ name: "id", description: "by people", tags: [label("grain.old")] }],
    };
    const now = after(edited, set("new"), before);
    expect({ ...now, tags: tagsOf(now) }).toEqual({
      ...edited,
      tags: ["Tier.mine", "access.new", "access.old", "by.people"],
      extension: { cost: "by people", old: 2, new: 1 },
      columns: [{ name: "id", description: "by people", tags: [label("grain.old"), automated("grain.new")] }],
    });
  });

  test("of several sayings each counts", () => {
    const other = saidOf({ description: "the other" });
    expect(after({ description: "the other" }, { description: "new" }, before, other)).toEqual({ description: "new" });
  });
});
