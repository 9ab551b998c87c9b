import { expect, test } from "@jest/globals";
import { catalogMeta } from "./catalog-meta.ts";

function read(meta: Record<string, unknown>) {
  const notes: string[] = [];
  return { ...catalogMeta(meta, (note) => void notes.push(note)), notes };
}

test("all that it may hold, single or as lists", () => {
  expect(
    read({
      openmetadata: {
        tier: "Tier.Tier1",
        glossary: "Business.Revenue",
        tags: ["PII.Sensitive", 'PII."a.b"'],
        domain: "Sales",
        domains: ["Ops"],
        customProperties: { costCentre: 42 },
      },
    }),
  ).toEqual({
    tier: "Tier.Tier1",
    glossaryTerms: ["Business.Revenue"],
    tags: ["PII.Sensitive", 'PII."a.b"'],
    domains: ["Sales", "Ops"],
    extension: { costCentre: 42 },
    notes: [],
  });
});

test("a tier may be named alone", () => {
  expect(read({ openmetadata: { tier: "Tier3" } }).tier).toBe("Tier.Tier3");
});

test.each([
  [{ openmetadata: "x" }, "meta.openmetadata is not an object"],
  [{ openmetadata: { tags: "alone" } }, 'meta.openmetadata.tags: "alone"'],
  [{ openmetadata: { glossary: 'a."b' } }, "meta.openmetadata.glossary"],
  [{ openmetadata: { customProperties: [1] } }, "meta.openmetadata.customProperties"],
])("%j is said and left out", (meta, words) => {
  const found = read(meta);
  expect(found.notes).toEqual([expect.stringContaining(words)]);
  expect([...found.tags, ...found.glossaryTerms, found.extension]).toEqual([undefined]);
});

test("nothing is said about other meta", () => {
  expect(read({ owner: "x", openmetadata: null }).notes).toEqual([]);
});
