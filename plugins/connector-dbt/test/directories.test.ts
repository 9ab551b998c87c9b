import { describe, expect, test } from "@jest/globals";
import { Directories } from "../src/places/directories.ts";
import { failure } from "./bytes.ts";
import { listed } from "./place-context.ts";

function projectsOf(keys: string[], warnings: string[] = []) {
  const directories = new Directories(({ key }) => ({ file: key, open: () => (async function* none() {})() }));
  for (const [at, key] of keys.entries()) directories.take({ key, bytes: 1, modifiedAtMs: at });
  return directories.projects("s3://b", { warn: (name, reason) => void warnings.push(`${name}: ${reason}`) });
}

describe("objects of a listing", () => {
  test("become one project for each directory", () => {
    const projects = projectsOf([
      "a/manifest.json",
      "b/run_results.json",
      "b/manifest.json",
      "manifest.json",
      "a/x.csv",
    ]);
    expect(projects.map(listed)).toEqual([
      ["manifest a/manifest.json"],
      ["manifest b/manifest.json", "runResults b/run_results.json"],
      ["manifest manifest.json"],
    ]);
  });

  test.each([
    [
      "dates",
      ["p/2024-05-01/manifest.json", "p/2024-05-10/manifest.json", "p/2024-05-02/manifest.json"],
      "p/2024-05-10/",
    ],
    [
      "dates and times",
      ["p/run_2024-05-01T09:00/manifest.json", "p/run_2024-05-01T10:00/manifest.json"],
      "p/run_2024-05-01T10:00/",
    ],
    ["short dates", ["p/20240501/manifest.json", "p/20231231/manifest.json"], "p/20240501/"],
    ["stamps", ["p/20240501093000/manifest.json", "p/20240501100000/manifest.json"], "p/20240501100000/"],
    ["year, month and day", ["p/2024/9/30/manifest.json", "p/2024/10/1/manifest.json"], "p/2024/10/1/"],
    [
      "partitions",
      ["p/year=2024/month=10/day=01/manifest.json", "p/year=2024/month=09/day=30/manifest.json"],
      "p/year=2024/month=10/day=01/",
    ],
    ["dates at the top", ["2024-05-01/manifest.json", "2024-05-02/manifest.json"], "2024-05-02/"],
  ])("that are dated by %s count only where newest", (_, keys, newest) => {
    for (const order of [keys, keys.toReversed()])
      expect(projectsOf(order).map(listed)).toEqual([[`manifest ${newest}manifest.json`]]);
  });

  test("of different projects side by side are kept apart", () => {
    const keys = [
      "p/shop-2024-05-01/",
      "p/shop-2024-05-02/",
      "p/bakery-2024-05-01/",
      "q/2024-04-01/",
      "12345678/",
      "v2/",
    ];
    const projects = projectsOf(keys.map((key) => `${key}manifest.json`));
    expect(projects.map(({ name }) => name)).toEqual([
      "s3://b/p/shop-2024-05-02",
      "s3://b/p/bakery-2024-05-01",
      "s3://b/q/2024-04-01",
      "s3://b/12345678",
      "s3://b/v2",
    ]);
  });

  test("that lack a manifest are a warning, and do not stand before an older whole directory", () => {
    const warnings: string[] = [];
    const projects = projectsOf(["p/2024-05-01/manifest.json", "p/2024-05-02/catalog.json"], warnings);
    expect(projects.map(listed)).toEqual([["manifest p/2024-05-01/manifest.json"]]);
    expect(warnings).toEqual(["s3://b/p/2024-05-02: it has artifacts of dbt but no manifest.json, and is left out"]);
  });

  test("packed and plain: the one written last", () => {
    expect(projectsOf(["p/manifest.json", "p/manifest.json.gz"]).map(listed)).toEqual([
      ["manifest p/manifest.json.gz"],
    ]);
  });

  test("have a semantic manifest, by its exact name", () => {
    const names = [
      "manifest.json",
      "semantic_manifest.json.gz",
      "old_semantic_manifest.json",
      "semantic-manifest.json",
    ];
    expect(projectsOf(names.map((name) => `p/${name}`)).map(listed)).toEqual([
      ["manifest p/manifest.json", "semanticManifest p/semantic_manifest.json.gz"],
    ]);
  });

  test("without any manifest are an error", async () => {
    const error = await failure(Promise.try(() => projectsOf(["p/semantic_manifest.json", "p/my_manifest.json"])));
    expect(error.message).toBe("no manifest.json in s3://b");
    expect(error.hint).toContain("prefix");
  });
});
