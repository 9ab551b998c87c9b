import { describe, expect, test } from "@jest/globals";
import { gzipSync } from "node:zlib";
import {
  ArtifactError,
  readCatalog,
  readFreshness,
  readManifest,
  readRunResults,
  readSemanticManifest,
} from "../src/index.ts";
import { all, failure, fixture, stream } from "./bytes.ts";

const whole = fixture("1.11.16", "manifest.json");
const version = (schema: string) =>
  `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/${schema}.json"}`;
const reading = (content: string | Uint8Array, size?: number) =>
  failure(all(readManifest(stream(content, size), "target/manifest.json")));

describe("a manifest.json that", () => {
  test("is cut says where", async () => {
    for (const size of [1, 100, 5000, whole.length - 3]) {
      const error = await reading(whole.subarray(0, size));
      expect(error).toBeInstanceOf(ArtifactError);
      expect(error.message).toMatch(
        /^target\/manifest\.json: it is cut: it ends in the middle of .+ at byte \d+; expected/u,
      );
      expect(error).toMatchObject({ offset: size, file: "target/manifest.json" });
    }
    expect((await reading(whole.subarray(0, 5000))).message).toContain("in the middle of nodes.model.bakery.");
  });

  test.each([
    ["is empty", "", "it is empty; expected a JSON object"],
    ["is white space", " \n ", "it is empty"],
    ["is a list", "[]", "it does not begin with {"],
    ["is a page", "<!doctype html>", "it is an HTML or XML page"],
    ["is UTF-16", Buffer.from(whole.toString().slice(0, 500), "utf16le"), "it is UTF-16"],
    ["is UTF-16 with a mark", Buffer.from(`\uFEFF${whole.toString().slice(0, 500)}`, "utf16le"), "it is UTF-16"],
    ["is a zip file", Buffer.from("PK\u0003\u0004xx"), "it is a zip file"],
    ["has more after its end", `${whole.toString()}{}`, "something follows the end"],
    [
      "lacks a comma",
      `${version("manifest/v12")}, "nodes": {"a": {} "b": {}}}`,
      '"b" in nodes.a at byte 107; expected a comma or }',
    ],
    ["has a comma too many", `${version("manifest/v12")}, "nodes": {"a": {"x": [1,]}}}`, "] in nodes.a.x.1 at byte"],
    [
      "has words for values",
      `${version("manifest/v12")}, "nodes": {"a": NaN}}`,
      'it is not JSON in nodes.a: "N" at byte 104',
    ],
    [
      "has a key twice",
      `${version("manifest/v12")}, "nodes": {"a": {"x": 1, "x": 2}}}`,
      'the key "x" is there twice in nodes.a',
    ],
    [
      "has a node twice",
      `${version("manifest/v12")}, "nodes": {"a": {}, "b": {}, "a": {}}}`,
      'the key "a" is there twice in nodes',
    ],
    [
      "has a section twice",
      `${version("manifest/v12")}, "nodes": {}, "nodes": {}}`,
      'the key "nodes" is there twice in the root',
    ],
    ["has no nodes", `${version("manifest/v12")}}`, 'it has no "nodes"'],
    ["has no metadata", '{"nodes": {}}', 'it has no "metadata"'],
    ["has a list of nodes", `${version("manifest/v12")}, "nodes": []}`, '"nodes" is a list […]'],
    ["has no version", '{"metadata": {}, "nodes": {}}', "metadata has no dbt_schema_version"],
    [
      "is of a newer major",
      `${version("manifest/v21")}, "nodes": {}}`,
      "its schema version v21 is newer than this connector knows at byte 13; expected metadata.dbt_schema_version …/dbt/manifest/v4.json to v20.json",
    ],
    ["is too old", `${version("manifest/v3")}, "nodes": {}}`, "its schema version v3 is too old"],
    ["is a catalog", fixture("1.11.16", "catalog.json"), "it is of another kind: catalog v1"],
    ["is a run_results", fixture("1.11.16", "run_results.test.json"), "it is of another kind: run-results v6"],
    ["is a sources.json", fixture("1.11.16", "sources.json"), "it is of another kind: sources v3"],
    ["is a semantic_manifest.json", fixture("1.11.16", "semantic_manifest.json"), '"semantic_models" is a list […]'],
    ["is cut gzip", gzipSync(whole).subarray(0, 5000), "the gzip data is cut or broken"],
  ])("%s", async (_, content, message) => {
    const error = await reading(content);
    expect(error).toBeInstanceOf(ArtifactError);
    expect(error.message).toContain(`target/manifest.json: `);
    expect(error.message).toContain(message);
  });

  test("has bytes that are not UTF-8", async () => {
    const start = `${version("manifest/v12")}, "nodes": {"a": {"x": "`;
    const error = await reading(
      Buffer.concat([Buffer.from(start), Buffer.from([0xe9, 0x74, 0xe9]), Buffer.from('"}}}')]),
    );
    expect(error.message).toMatch(
      /bytes that are not UTF-8 in nodes\.a\.x, after the value at byte \d+; expected UTF-8/u,
    );
  });

  test("is nested too deeply", async () => {
    const deep = `${version("manifest/v12")}, "nodes": {"a": ${"[".repeat(100_000)}`;
    expect((await reading(deep, 50_000)).message).toMatch(/nested deeper than 256 levels in nodes\.a/u);
  });

  test("has a string without end", async () => {
    async function* endless() {
      yield Buffer.from(`${version("manifest/v12")}, "nodes": {"a": {"x": "`);
      for (;;) yield Buffer.alloc(1024 * 1024, "a");
    }
    const error = await failure(all(readManifest(endless(), "m")));
    expect(error.message).toMatch(/a value of more than 67108864 bytes in nodes\.a\.x/u);
  });
});

test("gzip, a byte order mark and large strings are read", async () => {
  const plain = await all(readManifest(stream(whole), "m"));
  expect(await all(readManifest(stream(gzipSync(whole)), "m"))).toEqual(plain);
  expect(await all(readManifest(stream(Buffer.concat([Buffer.from("\uFEFF"), whole])), "m"))).toEqual(plain);
  const large = "große Zahl 数 ".repeat(500_000);
  const file = `${version("manifest/v12")}, "nodes": {"a": {"name": "a", "raw_code": ${JSON.stringify(large)}}}}`;
  const [, node] = await all(readManifest(stream(file, 65_537), "m"));
  expect(node).toMatchObject({ value: { rawCode: large } });
});

test("the reader lets go of its source when it is left early, and passes its errors on", async () => {
  let closed = false;
  async function* source() {
    try {
      yield whole;
      throw new Error("the disk is gone");
    } finally {
      closed = true;
    }
  }
  for await (const item of readManifest(source(), "m")) if (item.kind === "node") break;
  expect(closed).toBe(true);
  const error = await failure(all(readManifest(source(), "m")));
  expect(error.message).toBe("the disk is gone");
  async function* packed() {
    yield gzipSync(whole).subarray(0, 5000);
    throw new Error("the disk is gone");
  }
  expect((await failure(all(readManifest(packed(), "m")))).message).toBe("the disk is gone");
});

test.each([
  ["catalog.json", readCatalog, "it is of another kind: manifest v12"],
  ["run_results.json", readRunResults, "it is of another kind: manifest v12"],
  ["sources.json", readFreshness, "it is of another kind: manifest v12"],
  ["semantic_manifest.json", readSemanticManifest, "it is of another kind: manifest v12"],
])("a manifest under the name of %s", async (name, read, message) => {
  const error = await failure(all<unknown>(read(stream(whole), name)));
  expect(error).toBeInstanceOf(ArtifactError);
  expect(error.message).toContain(`${name}: ${message}`);
});

describe("a semantic_manifest.json that", () => {
  const semantic = Buffer.from(fixture("1.11.16", "semantic_manifest.json").toString().trimEnd());
  const readingSemantic = (content: string | Uint8Array) =>
    failure(all(readSemanticManifest(stream(content, 100), "target/semantic_manifest.json")));

  test("is cut says where", async () => {
    for (const size of [1, 100, 1000, semantic.length - 1]) {
      const error = await readingSemantic(semantic.subarray(0, size));
      expect(error).toBeInstanceOf(ArtifactError);
      expect(error.message).toMatch(
        /^target\/semantic_manifest\.json: it is cut: it ends in the middle of .+ at byte \d+; expected/u,
      );
      expect(error).toMatchObject({ offset: size });
    }
  });

  const other = "it is no semantic_manifest.json: it has";
  test.each([
    ["is empty", "", "it is empty"],
    ["is a page", "<!doctype html>", "it is an HTML or XML page"],
    ["is UTF-16", Buffer.from(semantic.toString(), "utf16le"), "it is UTF-16"],
    [
      "is a catalog",
      fixture("1.11.16", "catalog.json"),
      "it is of another kind: catalog v1 at byte 13; expected semantic_models",
    ],
    ["is a run_results", fixture("1.11.16", "run_results.test.json"), "it is of another kind: run-results v6"],
    ["is a sources.json", fixture("1.11.16", "sources.json"), "it is of another kind: sources v3"],
    ["has nodes", '{"nodes": {}}', `${other} "nodes", as manifest.json has at byte`],
    ["has results", '{"results": []}', `${other} "results", as a run_results.json or sources.json has`],
    [
      "has semantic models by id",
      '{"semantic_models": {}}',
      '"semantic_models" is an object {…} at byte 20; expected a list',
    ],
    ["has metrics by id", '{"semantic_models": [], "metrics": {}}', '"metrics" is an object {…}'],
    ["has a list for its configuration", '{"project_configuration": []}', '"project_configuration" is a list […]'],
    ["has a section twice", '{"metrics": [], "metrics": []}', 'the key "metrics" is there twice'],
    ["has a key twice", '{"metrics": [{"name": "a", "name": "b"}]}', 'the key "name" is there twice in metrics.0'],
    ["lacks a comma", '{"metrics": [{} {}]}', "expected a comma or ]"],
    ["is nested too deeply", `{"metrics": [{"a": ${"[".repeat(1000)}`, "nested deeper than 256 levels"],
    ["is cut gzip", gzipSync(semantic).subarray(0, 300), "the gzip data is cut or broken"],
  ])("%s", async (_, content, message) => {
    const error = await readingSemantic(content);
    expect(error).toBeInstanceOf(ArtifactError);
    expect(error.message).toContain("target/semantic_manifest.json: ");
    expect(error.message).toContain(message);
  });

  test("has metadata of its own one day is read", async () => {
    const text = `${version("semantic-manifest/v2")}, "semantic_models": [{"name": "a"}]}`;
    expect(await all(readSemanticManifest(stream(text), "s"))).toEqual([
      { kind: "semanticModel", name: "a", raw: { name: "a" } },
    ]);
  });
});

test.each([
  ["catalog.json", readCatalog, `${version("catalog/v1")}}`, 'no "nodes"'],
  ["run_results.json", readRunResults, `${version("run-results/v6")}}`, 'no "results"'],
  ["run_results.json", readRunResults, `${version("run-results/v6")}, "results": {}}`, '"results" is an object'],
  ["sources.json", readFreshness, `${version("sources/v3")}}`, 'no "results"'],
  ["semantic_manifest.json", readSemanticManifest, "{}", 'no "semantic_models"'],
])("a %s that lacks what it should have", async (name, read, content, message) => {
  expect((await failure(all<unknown>(read(stream(content), name)))).message).toContain(message);
});
