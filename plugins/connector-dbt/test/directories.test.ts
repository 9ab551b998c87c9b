import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { Directories } from "../src/places/directories.ts";
import { byRanges } from "../src/places/ranges.ts";
import { all, failure, fixture, semanticFixture, stream, text } from "./bytes.ts";
import { FakePlaceContext, listed } from "./place-context.ts";
import { smallManifest } from "./small-manifest.ts";

interface Stored {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAtMs: number;
  readonly content: Uint8Array;
}

/** A store that gives parts, and counts the bytes that it gave of each object. */
async function projectsIn(content: Readonly<Record<string, Uint8Array>>, context = new FakePlaceContext()) {
  const given: Record<string, number> = {};
  const directories = new Directories<Stored>(({ key, content: bytes }) => ({
    file: key,
    open: (firstBytes) =>
      byRanges(
        key,
        (start, end) => {
          const part = bytes.subarray(start, end + 1);
          given[key] = (given[key] ?? 0) + part.length;
          return Promise.resolve({ bytes: part, total: bytes.length, version: "1" });
        },
        firstBytes,
      ),
  }));
  for (const [at, [key, bytes]] of Object.entries(content).entries())
    directories.take({ key, bytes: bytes.length, modifiedAtMs: at, content: bytes });
  return { projects: await all(directories.projects("s3://b", context)), given, context };
}

async function projectsOf(keys: string[], warnings: string[] = []) {
  const context = new FakePlaceContext();
  const { projects } = await projectsIn(Object.fromEntries(keys.map((key) => [key, Buffer.alloc(0)])), context);
  warnings.push(...context.warnings);
  return projects;
}

describe("objects of a listing", () => {
  test("become one project for each directory", async () => {
    const projects = await projectsOf([
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
    ["dates above", ["dbt/2026-11-20/odd/manifest.json", "dbt/2026-11-21/odd/manifest.json"], "dbt/2026-11-21/odd/"],
    ["partitions above", ["dbt/2026/11/30/odd/manifest.json", "dbt/2026/12/1/odd/manifest.json"], "dbt/2026/12/1/odd/"],
  ])("that are dated by %s count only where newest", async (_, keys, newest) => {
    for (const order of [keys, keys.toReversed()])
      expect((await projectsOf(order)).map(listed)).toEqual([[`manifest ${newest}manifest.json`]]);
  });

  test("of different projects side by side are kept apart", async () => {
    const keys = [
      "p/shop-2024-05-01/",
      "p/shop-2024-05-02/",
      "p/bakery-2024-05-01/",
      "q/2024-04-01/",
      "12345678/",
      "v2/",
    ];
    const projects = await projectsOf(keys.map((key) => `${key}manifest.json`));
    expect(projects.map(({ name }) => name)).toEqual([
      "s3://b/p/shop-2024-05-02",
      "s3://b/p/bakery-2024-05-01",
      "s3://b/q/2024-04-01",
      "s3://b/12345678",
      "s3://b/v2",
    ]);
  });

  test("of different projects below one date are kept apart", async () => {
    const keys = [
      "d/2026-11-20/odd/",
      "d/2026-11-20/even/",
      "d/2026-11-21/odd/",
      "2026-11-20-shop/",
      "2026-11-20-bar/",
    ];
    const projects = await projectsOf(keys.map((key) => `${key}manifest.json`));
    expect(projects.map(({ name }) => name.slice(7))).toEqual([
      "d/2026-11-21/odd",
      "d/2026-11-20/even",
      "2026-11-20-shop",
      "2026-11-20-bar",
    ]);
  });

  test("that lack a manifest are a warning, and do not stand before an older whole directory", async () => {
    const warnings: string[] = [];
    const projects = await projectsOf(["p/2024-05-01/manifest.json", "p/2024-05-02/catalog.json"], warnings);
    expect(projects.map(listed)).toEqual([["manifest p/2024-05-01/manifest.json"]]);
    expect(warnings).toEqual(["s3://b/p/2024-05-02: it has artifacts of dbt but no manifest.json, and is left out"]);
  });

  test("packed and plain: the one written last", async () => {
    expect((await projectsOf(["p/manifest.json", "p/manifest.json.gz"])).map(listed)).toEqual([
      ["manifest p/manifest.json.gz"],
    ]);
  });

  test("have a semantic manifest, by its exact name", async () => {
    const names = [
      "manifest.json",
      "semantic_manifest.json.gz",
      "old_semantic_manifest.json",
      "semantic-manifest.json",
    ];
    expect((await projectsOf(names.map((name) => `p/${name}`))).map(listed)).toEqual([
      ["manifest p/manifest.json", "semanticManifest p/semantic_manifest.json.gz"],
    ]);
  });

  test("have run results under all names that people keep them by", async () => {
    const names = ["manifest.json", "run_results1.json", "prod_run_results.json", "my_results.json"];
    expect((await projectsOf(names.map((name) => `p/${name}`))).map(listed)).toEqual([
      ["manifest p/manifest.json", "runResults p/run_results1.json", "runResults p/prod_run_results.json"],
    ]);
  });

  test("without any manifest are an error", async () => {
    const error = await failure(projectsOf(["p/semantic_manifest.json", "p/my_manifest.json"]));
    expect(error.message).toBe("no manifest.json in s3://b");
    expect(error.hint).toContain("prefix");
    const directories = new Directories(({ key }) => ({ file: key, open: () => stream("") }));
    const context = new FakePlaceContext();
    const slashed = await failure(all(directories.projects("s3://b", context, "/dbt/")));
    expect([slashed.message, slashed.hint]).toEqual([
      "no manifest.json in s3://b below /dbt/",
      expect.stringContaining("seldom begin with a slash"),
    ]);
  });
});

describe("directories whose names do not tell", () => {
  const version = "1.11.16";
  const older = fixture("1.11.16", "manifest.json");
  const bakery = (work: (text: string) => string): Buffer => Buffer.from(work(older.toString("utf8")));
  // The fixture was made on 2026-11-21.
  const newer = bakery((it) => it.replace('"generated_at": "2026-11-21', '"generated_at": "2026-11-22'));
  const names = (projects: { name: string }[]): string[] => projects.map(({ name }) => name.slice("s3://b/".length));

  test.each([
    ["numbers", "dbt/run_13/odd", "dbt/run_12/odd"],
    ["numbers that do not grow", "dbt/run_9/odd", "dbt/run_10/odd"],
    ["hashes", "dbt/4ca5be10/odd", "dbt/f00dfeed/odd"],
    ["words", "dbt/latest", "dbt/archive/first"],
  ])("%s: the manifest made last counts, and is read once; the others are told to the log", async (_, last, first) => {
    for (const order of [
      [last, first],
      [first, last],
    ]) {
      const files = order.map((name) => [`${name}/manifest.json`, name === last ? newer : older] as const);
      const { projects, given, context } = await projectsIn(Object.fromEntries(files));
      expect(names(projects)).toEqual([last]);
      const [manifest] = projects[0]?.artifacts() ?? [];
      expect(manifest && (await text(manifest.open()))).toBe(newer.toString("utf8"));
      expect(given[`${last}/manifest.json`]).toBe(newer.length);
      expect(context.said).toEqual([`s3://b/${first}: left out, ${last} has a newer manifest of project bakery`]);
      expect(context.warnings).toEqual([]);
    }
  });

  test("different projects, and environments of one project, are all read", async () => {
    const other = bakery((it) => it.replaceAll(/"schema": "main/gu, '"schema": "dev'));
    const { projects } = await projectsIn({
      "runs/1/manifest.json": older,
      "runs/2/manifest.json": semanticFixture(version, "manifest.json"),
      "runs/3/manifest.json": other,
      "runs/4/manifest.json": newer,
    });
    expect(names(projects)).toEqual(["runs/2", "runs/3", "runs/4"]);
  });

  test("of many large ones only the beginning is read", async () => {
    const padded = Buffer.concat([older, Buffer.alloc(1024 * 1024, " ")]);
    const files = Array.from(
      { length: 20 },
      (_, at) => [`run_${at}/manifest.json`, at === 7 ? newer : padded] as const,
    );
    const { projects, given } = await projectsIn(Object.fromEntries(files));
    expect(names(projects)).toEqual(["run_7"]);
    for (const [key, bytes] of Object.entries(given)) expect([key, bytes <= 64 * 1024]).toEqual([key, true]);
  });

  test("packed manifests tell, and so do those whose keys were sorted", async () => {
    const { metadata, ...rest } = JSON.parse(newer.toString("utf8")) as Record<string, unknown>;
    const behind = Buffer.from(JSON.stringify({ ...rest, padding: "x".repeat(300_000), metadata }));
    expect(names((await projectsIn({ "a/manifest.json": behind, "b/manifest.json": older })).projects)).toEqual(["a"]);
    const packed = { "a/manifest.json.gz": gzipSync(older), "b/manifest.json.gz": gzipSync(newer) };
    expect(names((await projectsIn(packed)).projects)).toEqual(["b"]);
  });

  test("a manifest that tells nothing stands for itself: reading it says what is wrong", async () => {
    const { projects } = await projectsIn({
      "run_1/manifest.json": older,
      "run_2/manifest.json": Buffer.from("{ broken"),
    });
    expect(names(projects)).toEqual(["run_1", "run_2"]);
  });

  describe("of projects that are called alike", () => {
    const numbered = (first: string, count: number) => Array.from({ length: count }, (_, at) => `${first}${at}`);
    const two = (a: string, b: string, suffix = "") =>
      projectsIn({
        [`proj_1/manifest.json${suffix}`]: suffix === "" ? Buffer.from(a) : gzipSync(a),
        [`proj_2/manifest.json${suffix}`]: suffix === "" ? Buffer.from(b) : gzipSync(b),
      });
    const yesterday = "2026-11-20";

    test.each(["", ".gz"])("those that have no model in common are both read (manifest.json%s)", async (suffix) => {
      const { projects, context } = await two(
        smallManifest("shop", ["a", "b"]),
        smallManifest("shop", ["c"], yesterday),
        suffix,
      );
      expect(names(projects)).toEqual(["proj_1", "proj_2"]);
      expect([context.said, context.warnings]).toEqual([[], []]);
    });

    test("one whose models stand in another order is known when both are read to the end", async () => {
      const models = numbered("m", 2000);
      const pages = [models, models.toReversed()].map((some, at) => smallManifest("shop", some, `2026-11-2${at}`));
      const { projects, context } = await two(pages[0] ?? "", pages[1] ?? "");
      expect(names(projects)).toEqual(["proj_2"]);
      expect(context.said).toEqual(["s3://b/proj_1: left out, proj_2 has a newer manifest of project shop"]);
      expect(context.warnings).toEqual([]);
      expect(await text(projects[0]?.artifacts()[0]?.open() ?? stream(""))).toBe(pages[1]);
    });

    test("large ones with nothing in common are both read", async () => {
      const { projects } = await two(
        smallManifest("shop", numbered("a", 2000)),
        smallManifest("shop", numbered("b", 2000), yesterday),
      );
      expect(names(projects)).toEqual(["proj_1", "proj_2"]);
    });

    test.each([
      ["has few of the other's models", smallManifest("shop", ["a", "x", "y", "z"], yesterday)],
      ["has no models at all", smallManifest("shop", [], yesterday)],
      ["is broken behind what tells whose it is", smallManifest("shop", ["x", "y"], yesterday).slice(0, -20)],
    ])("one that %s is left out with a warning that says how to have it", async (_, other) => {
      const { projects, context } = await two(smallManifest("shop", ["a", "b", "c", "d"]), other);
      expect(names(projects)).toEqual(["proj_1"]);
      expect(context.said).toEqual([]);
      expect(context.warnings).toEqual([
        "s3://b/proj_2: left out: proj_1 has a newer manifest of project shop, though their models do not show that it is the same one. If they are two projects, give each a name of its own in its dbt_project.yml, or a run of its own by dbtPrefixConfig.dbtObjectPrefix",
      ]);
    });

    test("a project that has grown is the same", async () => {
      const { projects, context } = await two(
        smallManifest("shop", ["a", "b", "c", "d", "e", "f"]),
        smallManifest("shop", ["a", "b"], yesterday),
      );
      expect(names(projects)).toEqual(["proj_1"]);
      expect(context.warnings).toEqual([]);
    });
  });
});
