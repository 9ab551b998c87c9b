import { afterEach, describe, expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { failure } from "./bytes.ts";
import { FakePlaceContext, listed, projectsOf } from "./place-context.ts";
import { smallManifest } from "./small-manifest.ts";

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

/** A directory with these files; `{}` is the content of a file that is not given any. */
function tree(files: Readonly<Record<string, string>> | readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), "omd-dbt-"));
  folders.push(root);
  const entries = Array.isArray(files)
    ? (files as string[]).map((name): [string, string] => [name, content(name)])
    : Object.entries(files);
  for (const [name, text] of entries) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const content = (name: string): string =>
  name.endsWith("/manifest.json") ? smallManifest(dirname(name).split("/")[0] ?? "", ["a", "b"]) : "{}";

const read = (root: string, context = new FakePlaceContext(), more: object = {}) =>
  projectsOf({ dbtConfigType: "local", dbtManifestFilePath: root, ...more }, context);
const below = (root: string, lines: string[]): string[] => lines.map((line) => line.replace(`${root}/`, ""));

describe("a local directory without a manifest of its own", () => {
  test("gives the projects below it, each with what lies beside its manifest", async () => {
    const root = tree(["a/manifest.json", "a/run_results.json", "b/target/manifest.json", "c/x/target/manifest.json"]);
    const projects = await read(root);
    expect(projects.map(({ name }) => name.slice(root.length + 1))).toEqual(["a", "b/target", "c/x/target"]);
    expect(below(root, listed(projects[0]))).toEqual(["manifest a/manifest.json", "runResults a/run_results.json"]);
    expect((await read(`${root}/`)).map(({ name }) => name)).toEqual(projects.map(({ name }) => name));
  });

  test("is read itself when it has one, and nothing below it", async () => {
    const root = tree(["manifest.json", "b/manifest.json"]);
    expect((await read(root)).map(listed)).toEqual([[`manifest ${root}/manifest.json`]]);
  });

  test("is looked through three levels deep, not in packages and hidden directories", async () => {
    const root = tree([
      "1/2/3/manifest.json",
      "1/2/3/4/manifest.json",
      "node_modules/p/manifest.json",
      "d/dbt_packages/manifest.json",
      "d/dbt_modules/manifest.json",
      ".cache/manifest.json",
    ]);
    expect((await read(root)).map(({ name }) => name)).toEqual([`${root}/1/2/3`]);
  });

  test("may have links, also in circles: no directory is looked through twice", async () => {
    const root = tree(["real/manifest.json"]);
    symlinkSync(root, join(root, "real/up"));
    symlinkSync(join(root, "real"), join(root, "same"));
    symlinkSync(join(root, "nowhere"), join(root, "broken"));
    const outside = tree(["far/manifest.json"]);
    symlinkSync(join(outside, "far"), join(root, "linked"));
    const context = new FakePlaceContext();
    expect((await read(root, context)).map(({ name }) => name)).toEqual([`${root}/linked`, `${root}/real`]);
    expect(context.warnings).toEqual([]);
  });

  test("of one project the newest directory counts, as in a bucket", async () => {
    const root = tree({
      "run_1/manifest.json": smallManifest("shop", ["a", "b"], "2026-11-20"),
      "run_2/manifest.json": smallManifest("shop", ["a", "b"], "2026-11-21"),
      "dated-2026-11-01/manifest.json": smallManifest("bar", ["a"]),
      "dated-2026-11-02/manifest.json": smallManifest("bar", ["a"]),
    });
    const context = new FakePlaceContext();
    expect((await read(root, context)).map(({ name }) => name.slice(root.length + 1))).toEqual([
      "dated-2026-11-02",
      "run_2",
    ]);
    expect(context.said).toHaveLength(2);
  });

  test("may have files of other programs that are called manifest.json", async () => {
    const root = tree({
      "web/manifest.json": '{"name": "App", "icons": []}',
      "odd/manifest.json": '{"metadata": {"version": 1}}',
      "shop/manifest.json": smallManifest("shop", ["a"]),
      "cut/manifest.json": '{"metadata": {',
    });
    const context = new FakePlaceContext();
    // What is cut may be of dbt: its reading fails.
    expect((await read(root, context)).map(({ name }) => name.slice(root.length + 1))).toEqual(["cut", "shop"]);
    expect(below(root, context.said)).toEqual([
      "odd/manifest.json: left out, it is the manifest.json of another program than dbt",
      "web/manifest.json: left out, it is the manifest.json of another program than dbt",
    ]);
  });

  test("an artifact that cannot be looked at is a warning", async () => {
    const root = tree(["a/manifest.json", "b/manifest.json"]);
    symlinkSync(join(root, "nowhere"), join(root, "b/run_results.json"));
    const context = new FakePlaceContext();
    expect((await read(root, context)).map(({ name }) => name)).toEqual([`${root}/a`, `${root}/b`]);
    expect(context.warnings).toEqual([expect.stringMatching(/\/b\/run_results\.json: it cannot be read.*ENOENT/u)]);
  });

  test("without any below it says what was looked for", async () => {
    const root = tree({ "web/manifest.json": '{"icons": []}', "a/b/c/d/manifest.json": "{}" });
    const error = await failure(read(root));
    expect(error.message).toBe(
      `no manifest.json in ${root} or in the directories below it (web/manifest.json: of another program than dbt); looked for manifest.json and manifest.json.gz, 3 levels deep, not in node_modules, dbt_packages, dbt_modules and hidden directories`,
    );
    expect(error.hint).toContain("target");
  });

  test("what is named beside it belongs to the one project, and is refused where there are several", async () => {
    const one = tree(["a/manifest.json", "a/catalog.json", "a/run_results.json", "other/catalog.json"]);
    const named = { dbtCatalogFilePath: join(one, "other/catalog.json") };
    expect(below(one, listed((await read(one, new FakePlaceContext(), named))[0]))).toEqual([
      "manifest a/manifest.json",
      "catalog other/catalog.json",
      "runResults a/run_results.json",
    ]);
    const two = tree(["a/manifest.json", "b/manifest.json", "catalog.json"]);
    const error = await failure(read(two, new FakePlaceContext(), { dbtCatalogFilePath: join(two, "catalog.json") }));
    expect(error.message).toBe(`${two}/catalog.json: of which project? Below ${two} there are 2`);
  });
});
