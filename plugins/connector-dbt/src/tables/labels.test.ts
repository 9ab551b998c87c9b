import { describe, expect, test } from "@jest/globals";
import type { ManifestNode } from "../artifacts/shapes.ts";
import { filtersOf } from "./filters.ts";
import { Labels } from "./labels.ts";

function labelsWith(more: { includeTags?: boolean; excludes?: string[] } = {}) {
  const warnings: string[] = [];
  const { includeTags = true, excludes } = more;
  const filters = filtersOf({
    databaseFilterPattern: undefined,
    schemaFilterPattern: undefined,
    tableFilterPattern: undefined,
    tagFilterPattern: excludes && { excludes },
  });
  const options = { includeTags, dbtClassificationName: "my.tags" };
  const labels = new Labels({ context: { warn: (name) => void warnings.push(name) }, options, filters });
  return { labels, warnings };
}

const names = (labels: { tagFQN: string }[]) => labels.map(({ tagFQN }) => tagFQN);
const node = (more: Partial<ManifestNode>) => ({ contractEnforced: false, ...more }) as ManifestNode;

describe("tags of dbt", () => {
  test("are put into the classification, quoted where they must be, each made once", () => {
    const { labels } = labelsWith();
    expect(names(labels.of(["nightly", " with space ", "a.b", "nightly", ""]))).toEqual([
      '"my.tags".nightly',
      '"my.tags".with space',
      '"my.tags"."a.b"',
    ]);
    labels.of(["nightly"]);
    expect(labels.takeRecords().map(({ classification, tag }) => [classification.name, tag.name])).toEqual([
      ["my.tags", "nightly"],
      ["my.tags", "with space"],
      ["my.tags", "a.b"],
    ]);
    labels.of(["nightly"]);
    expect(labels.takeRecords()).toEqual([]);
  });

  test("are left out by the pattern, when they are not wanted, and when no catalog takes the name", () => {
    expect(names(labelsWith({ excludes: ["tmp"] }).labels.of(["tmp_1", "kept"]))).toEqual(['"my.tags".kept']);
    const off = labelsWith({ includeTags: false });
    expect([off.labels.of(["a"]), off.labels.properties(node({ access: "public" }))]).toEqual([[], []]);
    const long = labelsWith();
    expect(long.labels.of(["x".repeat(257)])).toEqual([]);
    expect(long.warnings).toHaveLength(1);
  });
});

test("what dbt says of the making and use of a model", () => {
  const { labels } = labelsWith();
  const found = labels.properties(
    node({
      access: "public",
      contractEnforced: true,
      materialized: "incremental",
      version: "2",
      latestVersion: "2",
      group: "finance",
      deprecationDate: "2026-01-01T00:00:00",
    }),
  );
  expect(names(found)).toEqual([
    "dbtProperties.access_public",
    "dbtProperties.contract_enforced",
    "dbtProperties.materialized_incremental",
    "dbtProperties.version_2",
    "dbtProperties.version_latest",
    "dbtProperties.group_finance",
    "dbtProperties.deprecated",
  ]);
  expect(found.at(-1)?.reason).toBe("deprecation_date: 2026-01-01T00:00:00");
  expect(names(labels.properties(node({ version: "1", latestVersion: "2" })))).toEqual(["dbtProperties.version_1"]);
});

test("tables of time and semantic models are told", () => {
  const { labels } = labelsWith();
  expect(names(labels.timeSpine("day"))).toEqual(["dbtProperties.time_spine_day"]);
  expect(names(labels.semanticModel())).toEqual(["dbtProperties.semantic_model"]);
  expect(labels.takeRecords().map(({ tag }) => tag.name)).toEqual(["time_spine_day", "semantic_model"]);
  const off = labelsWith({ includeTags: false });
  expect([off.labels.timeSpine("day"), off.labels.semanticModel()]).toEqual([[], []]);
});
