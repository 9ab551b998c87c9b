import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "@jest/globals";
import { fixture, stream, versions } from "../../test/bytes.ts";
import { projectOf, type Artifact, type ArtifactKind } from "../places/project.ts";
import type { OpenProject } from "./open-project.ts";
import { readProject } from "./read-project.ts";

type Files = Partial<Record<ArtifactKind, string | Uint8Array | readonly (string | Uint8Array)[]>>;

class Told {
  readonly warnings: string[] = [];
  readonly left: string[] = [];
  readonly gaps: string[] = [];
  readonly context = {
    warn: (name: string, reason: string) => void this.warnings.push(`${name}: ${reason}`),
    filtered: (name: string, reason: string) => void this.left.push(`${name}: ${reason}`),
    signal: new AbortController().signal,
  };
  readonly gap = (reason: string): void => void this.gaps.push(reason);
}

async function read(files: Files, told = new Told(), more: Partial<Artifact> = {}): Promise<OpenProject> {
  const artifacts = Object.entries(files).flatMap(([kind, bytes]) =>
    [bytes].flat().map((one, index): Artifact => {
      const file = `${kind}-${index}`;
      const open = () => stream(typeof one === "string" ? Buffer.from(one) : one);
      return { kind: kind as ArtifactKind, file, bytes: undefined, modifiedAtMs: undefined, open, ...more };
    }),
  );
  return readProject(projectOf("place", artifacts), told);
}

const schema = (name: string, version: number) => ({
  dbt_schema_version: `https://schemas.getdbt.com/dbt/${name}/v${version}.json`,
  project_name: "shop",
});

function manifest(parts: Record<string, unknown>): string {
  return JSON.stringify({ metadata: schema("manifest", 12), nodes: {}, ...parts });
}

const model = (name: string, more: Record<string, unknown> = {}) => ({
  unique_id: `model.shop.${name}`,
  resource_type: "model",
  name,
  alias: name,
  database: "db",
  schema: "main",
  config: { materialized: "table" },
  depends_on: { nodes: [] },
  columns: {},
  ...more,
});

const byId = (...nodes: { unique_id: string; [key: string]: unknown }[]) =>
  Object.fromEntries(nodes.map((node) => [node.unique_id, node]));

const spools = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("omd-dbt-"));

describe.each(versions)("a project of dbt %s", (version) => {
  const whole = (): Files => ({
    manifest: fixture(version, "manifest.json"),
    catalog: fixture(version, "catalog.json"),
    sources: fixture(version, "sources.json"),
    runResults: ["run", "test", "docs"].map((name) => fixture(version, `run_results.${name}.json`)),
  });

  test("gives back what the files hold", async () => {
    const told = new Told();
    const view = await read(whole(), told);
    try {
      const raw = JSON.parse(fixture(version, "manifest.json").toString()) as {
        nodes: Record<string, { resource_type: string; raw_code: string; description: string }>;
        sources: Record<string, unknown>;
      };
      const nodes = Object.entries(raw.nodes);
      const tables = nodes.filter(([, node]) => ["model", "seed", "snapshot"].includes(node.resource_type));
      expect([...view.relations.keys()].toSorted()).toEqual(
        [...tables.map(([id]) => id), ...Object.keys(raw.sources)].toSorted(),
      );
      expect([...view.tests.keys()]).toEqual(nodes.filter(([, one]) => one.resource_type === "test").map(([id]) => id));
      for (const [id, node] of nodes)
        expect(view.load("node", id)).toMatchObject({ uniqueId: id, rawCode: node.raw_code, raw: {} });
      expect(view.name).toBe("bakery");
      expect(view.isComplete).toBe(true);
      expect(told.gaps).toEqual([]);
    } finally {
      view.close();
    }
  });

  test("holds no SQL of results in memory and reads it back", async () => {
    const view = await read(whole());
    try {
      const raw = JSON.parse(fixture(version, "run_results.run.json").toString()) as {
        results: { unique_id: string; compiled_code?: string }[];
      };
      // dbt 1.5 leaves the SQL of results out of the file.
      for (const { unique_id: id, compiled_code: sql } of raw.results) {
        const held = view.results.get(id)?.result;
        expect(held?.compiledCode ?? undefined).toBe(sql ?? undefined);
        if (sql) expect(Object.getOwnPropertyDescriptor(held, "compiledCode")?.value).toBeUndefined();
      }
      expect(view.runs.map(({ which }) => which)).toEqual(["run", "test", "generate"]);
      expect(view.runs[0]?.results().map(({ uniqueId }) => uniqueId)).toEqual(raw.results.map((one) => one.unique_id));
    } finally {
      view.close();
    }
  });

  test("nothing stays on disk", async () => {
    const before = spools();
    const view = await read(whole());
    view.close();
    view.close();
    expect(spools()).toEqual(before);
  });
});

describe("relations", () => {
  test("ephemeral models are passed through, tables that the catalog does not have are not", async () => {
    const view = await read({
      manifest: manifest({
        nodes: byId(
          model("a"),
          model("e", {
            config: { materialized: "ephemeral" },
            depends_on: { nodes: ["model.shop.a", "model.shop.f"] },
          }),
          // A circle, which dbt refuses, must not hang.
          model("f", { config: { materialized: "ephemeral" }, depends_on: { nodes: ["model.shop.e"] } }),
          model("gone", { depends_on: { nodes: ["model.shop.a"] } }),
          model("z", { depends_on: { nodes: ["model.shop.e", "model.shop.gone", "model.shop.z", "macro.x"] } }),
        ),
      }),
    });
    const table = { fqn: "s.db.main.a" as never, isCreated: false, columns: ["ID", "Name"] };
    expect(view.upstreamTables("model.shop.z")).toEqual([]);
    view.setTable("model.shop.a", table);
    view.setTable("model.shop.z", table);
    expect(view.upstreamTables("model.shop.z")).toEqual(["model.shop.a"]);
    expect(view.column("model.shop.a", "id")).toBe("ID");
    expect(view.column("model.shop.a", "Name")).toBe("Name");
    expect(view.column("model.shop.a", "other")).toBeUndefined();
    expect(view.column("model.shop.gone", "id")).toBeUndefined();
    view.close();
  });

  test("names as the database has them: alias, identifier, none", async () => {
    const view = await read({
      manifest: manifest({
        nodes: byId(model("orders", { alias: "orders_v2", version: 2, database: "None", schema: null })),
        sources: byId({
          ...model("x"),
          unique_id: "source.shop.raw.orders",
          resource_type: "source",
          identifier: "ORDERS 1",
        }),
      }),
    });
    expect(view.relations.get("model.shop.orders")).toMatchObject({
      identifier: "orders_v2",
      version: "2",
      database: undefined,
      schema: undefined,
    });
    expect(view.relations.get("source.shop.raw.orders")).toMatchObject({
      identifier: "ORDERS 1",
      resourceType: "source",
    });
    view.close();
  });

  test("a source that could not be asked for its freshness has the time of the file, however its parts are ordered", async () => {
    const raw = (name: string) => ({
      ...model("x"),
      unique_id: `source.shop.raw.${name}`,
      resource_type: "source",
      name,
    });
    const view = await read({
      manifest: manifest({ sources: byId(raw("gone"), raw("asked")) }),
      sources: JSON.stringify({
        results: [
          { unique_id: "source.shop.raw.gone", error: "no such table", status: "runtime error" },
          { unique_id: "source.shop.raw.asked", status: "pass", snapshotted_at: "2026-01-01T00:00:00Z" },
        ],
        metadata: { ...schema("sources", 3), generated_at: "2026-01-02T00:00:00Z" },
      }),
    });
    expect(view.freshness.get("source.shop.raw.gone")?.completedAt).toBe("2026-01-02T00:00:00Z");
    expect(view.freshness.get("source.shop.raw.asked")?.completedAt).toBeUndefined();
    view.close();
  });

  test("what is switched off is counted once, not kept", async () => {
    const told = new Told();
    const off = model("off");
    const view = await read(
      {
        manifest: manifest({
          nodes: byId(model("on")),
          disabled: { "model.shop.off": [off, off], "model.shop.on": [model("on")] },
        }),
      },
      told,
    );
    expect([...view.relations.keys()]).toEqual(["model.shop.on"]);
    expect(told.left).toEqual(["model.shop.off: switched off in dbt (enabled: false)"]);
    view.close();
  });
});

describe("files that cannot be used", () => {
  const shop = manifest({ nodes: byId(model("a")) });
  const results = (id: string) =>
    JSON.stringify({
      metadata: schema("run-results", 6),
      results: [{ unique_id: id, status: "success", message: "OK", timing: [] }],
      args: { which: "run" },
    });

  test("a broken manifest throws and leaves nothing on disk", async () => {
    const before = spools();
    await expect(read({ manifest: shop.slice(0, 120) })).rejects.toThrow(/manifest-0: it is cut/u);
    expect(spools()).toEqual(before);
  });

  test("others that are broken are gaps, the rest is read", async () => {
    const told = new Told();
    const view = await read(
      { manifest: shop, catalog: "{", sources: "", runResults: ["[]", results("model.shop.a")] },
      told,
    );
    expect(view.isComplete).toBe(false);
    expect(told.gaps.map((gap) => gap.split(":")[0])).toEqual(
      ["catalog-0", "runResults-0", "runResults-1"].slice(0, 2).concat("sources-0"),
    );
    expect(view.results.get("model.shop.a")?.result.status).toBe("success");
    view.close();
  });

  test("a file of another project is said so and left out", async () => {
    const told = new Told();
    const view = await read({ manifest: shop, runResults: results("model.other.b") }, told);
    expect(told.warnings).toEqual([
      "runResults-0: it is of another project, none of its nodes is in the manifest; it is left out",
    ]);
    expect(view.results.size).toBe(0);
    expect(view.runs).toEqual([]);
    expect(view.isComplete).toBe(true);
    view.close();
  });

  describe("a file whose name only looks like run results", () => {
    const guess = { isGuess: true };

    test("is read when its metadata say that it is", async () => {
      const told = new Told();
      const view = await read({ manifest: shop, runResults: results("model.shop.a") }, told, guess);
      expect(view.results.get("model.shop.a")?.result.status).toBe("success");
      expect([told.warnings, told.gaps]).toEqual([[], []]);
      view.close();
    });

    test.each([
      ["another artifact of dbt", manifest({}), "it is of another kind: manifest v12"],
      ["of another program", '{"metadata": {}, "results": []}', "metadata has no dbt_schema_version"],
      ["no object", "[]", "it does not begin with {"],
      ["cut in its metadata", '{"metadata": {"dbt', "it is cut"],
    ])("is left out with a warning, and no gap, when it is %s", async (_, content, reason) => {
      const told = new Told();
      const view = await read({ manifest: shop, runResults: content }, told, guess);
      expect(told.warnings).toEqual([expect.stringContaining(reason)]);
      expect(told.warnings[0]).toMatch(/^runResults-0: its name looks like run results, but it is left out: /u);
      expect([told.gaps, view.isComplete, view.runs]).toEqual([[], true, []]);
      view.close();
    });

    test.each([
      ["cut behind its metadata", results("model.shop.a").slice(0, -5), /it is cut/u],
      [
        "of a version that is not known",
        results("model.shop.a").replace(/run-results\/v\d+/u, "run-results/v99"),
        /newer than/u,
      ],
    ])("is a gap when it is of dbt but %s", async (_, content, reason) => {
      const told = new Told();
      const view = await read({ manifest: shop, runResults: content }, told, guess);
      expect(told.gaps).toEqual([expect.stringMatching(reason)]);
      expect(view.isComplete).toBe(false);
      view.close();
    });
  });

  test("a run that was stopped is no gap", async () => {
    const told = new Told();
    const stop = new AbortController();
    const stopped = { context: { ...told.context, signal: stop.signal }, gap: told.gap };
    const artifact = (kind: ArtifactKind, open: Artifact["open"]): Artifact => ({
      kind,
      file: kind,
      bytes: undefined,
      modifiedAtMs: undefined,
      open,
    });
    const project = projectOf("place", [
      artifact("manifest", () => stream(Buffer.from(shop))),
      artifact("catalog", () => {
        stop.abort();
        throw new Error("aborted");
      }),
    ]);
    await expect(readProject(project, stopped)).rejects.toThrow("aborted");
    expect(told.gaps).toEqual([]);
  });
});

test("saved queries are left out, each with the reason and with the tables that its exports write", async () => {
  const told = new Told();
  const saved = (name: string, exports: object[]) => ({ unique_id: `saved_query.shop.${name}`, name, exports });
  const queries = byId(saved("daily", []), saved("weekly", [{ name: "weekly_table" }]));
  await read({ manifest: manifest({ saved_queries: queries }) }, told);
  expect(told.left).toEqual([
    "saved_query.shop.daily: saved queries are not brought: the catalog has no entity for them",
    "saved_query.shop.weekly: saved queries are not brought: the catalog has no entity for them, nor are the tables that its exports write (1)",
  ]);
  expect(told.warnings).toEqual([]);
});
