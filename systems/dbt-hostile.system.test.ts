import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { DbtPlace, dbtDirectory, told } from "./dbt-place.ts";
import { difference, env, same } from "./omd.ts";

/** Broken artifacts over a catalog that knows the project: the run is never green, says which file and why, and retires nothing. */
const artifacts = join(dbtDirectory({ version: "1.11", target: "duckdb" }), "artifacts");
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** JSON with the first member of an object written once more. */
function doubled(json: string, key: string): string {
  const at = json.indexOf(`"${key}"`);
  return `${json.slice(0, at)}"${key}": {}, ${json.slice(at)}`;
}

interface Spoilt {
  readonly what: string;
  readonly file: string;
  readonly spoil: (bytes: Buffer, place: DbtPlace) => string | Uint8Array;
  readonly reason: RegExp;
}

const spoilt: readonly Spoilt[] = [
  { what: "cut in the middle", file: "manifest.json", spoil: (b) => b.subarray(0, b.length / 2), reason: /cut|ends/i },
  { what: "cut before its last byte", file: "manifest.json", spoil: (b) => b.subarray(0, -1), reason: /cut|ends/i },
  { what: "empty", file: "manifest.json", spoil: () => "", reason: /empty/i },
  { what: "UTF-16", file: "manifest.json", spoil: (b) => Buffer.from(`\uFEFF${text(b)}`, "utf16le"), reason: /UTF-16/ },
  {
    what: "Latin-1",
    file: "manifest.json",
    spoil: (b) => Buffer.from(text(b).replace("One row a customer", "Ein K\u00e4ufer je Zeile"), "latin1"),
    reason: /UTF-8/,
  },
  {
    what: "a page of a login",
    file: "manifest.json",
    spoil: () => "<!doctype html><title>Sign in</title>",
    reason: /HTML/,
  },
  { what: "a list", file: "manifest.json", spoil: () => "[]", reason: /object/ },
  {
    what: "a semantic manifest",
    file: "manifest.json",
    spoil: (_, place) => place.artifact("semantic_manifest.json"),
    reason: /semantic/i,
  },
  { what: "a catalog", file: "manifest.json", spoil: (_, place) => place.artifact("catalog.json"), reason: /catalog/ },
  {
    what: "of a newer major",
    file: "manifest.json",
    spoil: (b) => text(b).replace(/manifest\/v12\.json/, "manifest/v99.json"),
    reason: /99/,
  },
  { what: "with nodes twice", file: "manifest.json", spoil: (b) => doubled(text(b), "nodes"), reason: /twice/ },
  {
    what: "100,000 levels deep",
    file: "manifest.json",
    spoil: (b) => text(b).replace(/"meta": ?\{\}/, `"meta": {"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
    reason: /deep|nest/i,
  },
  { what: "cut", file: "run_results.build.json", spoil: (b) => b.subarray(0, b.length - 100), reason: /cut|ends/i },
  { what: "empty", file: "catalog.json", spoil: () => "", reason: /empty/i },
  { what: "cut", file: "semantic_manifest.json", spoil: (b) => b.subarray(0, b.length / 2), reason: /cut|ends/i },
  {
    what: "a manifest",
    file: "semantic_manifest.json",
    spoil: (_, place) => place.artifact("manifest.json"),
    reason: /another kind: manifest/,
  },
  { what: "cut", file: "sources.json", spoil: (b) => b.subarray(0, b.length - 20), reason: /cut|ends/i },
];

describe("a project that the catalog knows", () => {
  const place = new DbtPlace();
  let before: string;

  beforeAll(async () => {
    place.lay(artifacts);
    place.configure();
    expect((await place.ingest()).code).toBe(0);
    before = await place.exportCatalog();
  }, 300_000);

  test.each(spoilt.map((each) => [each.file, each.what, each] as const))("%s is %s", async (file, _what, each) => {
    place.lay(artifacts);
    place.spoil(file, each.spoil(place.artifact(file), place));
    const result = await place.ingest();
    expect([1, 3]).toContain(result.code);
    expect(told(result)).toContain(file);
    expect(told(result)).toMatch(each.reason);
    expect(result.report?.deletes.done ?? []).toEqual([]);
    expect(difference(before, await place.exportCatalog()).onlyInOne).toEqual([]);
  });

  test("results of another project are named, and nothing of it is written", async () => {
    place.lay(artifacts);
    const other = new DbtPlace();
    other.lay(join(env("OMD_DBT_RUNS"), "billing", "artifacts"));
    place.spoil("run_results.build.json", other.artifact("run_results.build.json"));
    place.spoil("run_results.rebuild.json", other.artifact("run_results.build.json"));
    const result = await place.ingest();
    expect(told(result)).toMatch(/run_results\.(re)?build\.json/);
    expect(told(result)).toMatch(/another project|not in the manifest|unknown/i);
    expect(difference(await place.exportCatalog(), before)).toEqual(same);
  });

  test("a semantic manifest of another project is named, and changes nothing", async () => {
    place.lay(artifacts);
    const other = text(place.artifact("semantic_manifest.json"));
    place.spoil("semantic_manifest.json", other.replaceAll(/"schema_name": ?"[^"]*"/g, '"schema_name":"elsewhere"'));
    const result = await place.ingest();
    expect(result.code).toBe(0);
    expect(told(result)).toContain("semantic_manifest.json");
    expect(told(result)).toMatch(/it is of another project/);
    expect(difference(await place.exportCatalog(), before)).toEqual(same);
  });
});

test("a text of 16 MB in a model costs a bounded multiple of itself and does not end the run", async () => {
  const mebibyte = 1024 * 1024;
  const place = new DbtPlace();
  place.lay(artifacts);
  place.configure();
  const plain = (await place.ingest()).report?.peakRssBytes ?? 0;
  const manifest = JSON.parse(text(place.artifact("manifest.json"))) as {
    nodes: Record<string, Record<string, unknown>>;
  };
  const node = manifest.nodes["model.market.stg_sales"] ?? {};
  node["raw_code"] = `select 1 as a -- ${"x".repeat(16 * mebibyte)}`;
  place.spoil("manifest.json", JSON.stringify(manifest));
  const result = await place.ingest();
  expect([0, 3]).toContain(result.code);
  // Either it is read, or it is told what was left out.
  if (result.code === 3) expect(told(result)).toContain("stg_sales");
  expect(result.report?.peakRssBytes).toBeLessThan(plain + 48 * 16 * mebibyte);
}, 300_000);
