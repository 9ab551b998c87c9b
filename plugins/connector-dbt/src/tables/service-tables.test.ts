import { describe, expect, test } from "@jest/globals";
import type { CatalogEntity, SourceContext } from "@omd/core";
import { fqnOf, parseFqn } from "@omd/schema";
import { fixture, stream } from "../../test/bytes.ts";
import { projectOf } from "../places/project.ts";
import type { OpenProject } from "../project/open-project.ts";
import { readProject } from "../project/read-project.ts";
import { ServiceTables } from "./service-tables.ts";

type Json = Record<string, Record<string, Record<string, unknown>>>;
const model = "model.bakery.stg_buyers";
const other = "model.bakery.other";

/** The bakery with a second model whose table is called as the first one's but for its case; `work` changes more. */
function project(work: (manifest: Json, catalog: Json) => void = () => undefined): Promise<OpenProject> {
  const manifest = JSON.parse(fixture("1.11.16", "manifest.json").toString("utf8")) as Json;
  const catalog = JSON.parse(fixture("1.11.16", "catalog.json").toString("utf8")) as Json;
  const nodes = manifest["nodes"] ?? {};
  nodes[other] = { ...nodes[model], unique_id: other, name: "other", alias: "Stg_Buyers" };
  work(manifest, catalog);
  const artifacts = Object.entries({ manifest, catalog }).map(([kind, json]) => ({
    kind: kind as "manifest" | "catalog",
    file: `${kind}.json`,
    bytes: undefined,
    modifiedAtMs: undefined,
    open: () => stream(JSON.stringify(json), 100_000),
  }));
  const context = { warn: () => undefined, filtered: () => undefined, signal: new AbortController().signal };
  return readProject(projectOf("p", artifacts), { context, gap: () => undefined });
}

interface World {
  /** FQNs below the service of tables that the catalog has. */
  readonly known?: readonly string[];
  readonly createMissingTables?: boolean;
  /** Marks of earlier runs. */
  readonly marks?: Readonly<Record<string, string>>;
}

function tablesOf({ known = [], createMissingTables = true, marks = {} }: World): ServiceTables {
  const context = {
    service: fqnOf("wh"),
    serviceName: "wh",
    target: "rest",
    marks: { get: (key: string) => marks[key] },
    selection: { only: [] },
    warn: () => undefined,
    filtered: () => undefined,
    async *entities(): AsyncGenerator<CatalogEntity> {
      for (const name of known) {
        const fqn = parseFqn(`wh.${name}`);
        yield { id: name, name: name.slice(name.lastIndexOf(".") + 1), fullyQualifiedName: fqn };
      }
    },
  } as unknown as SourceContext;
  const options = { searchAcrossDatabases: false, createMissingTables };
  return new ServiceTables({ context, options, filters: { leavingOut: () => undefined } });
}

/** Tables of the two models and of the sources, by unique id. */
async function placed(tables: ServiceTables, view: OpenProject): Promise<Record<string, string>> {
  const all = await tables.place(view);
  view.close();
  const wanted = all.filter(({ relation }) => [model, other].includes(relation.uniqueId));
  return Object.fromEntries(wanted.map(({ relation, table }) => [relation.uniqueId, table.fqn]));
}

const lower = "bakery.main_staging.stg_buyers";
const mixed = "bakery.main_staging.Stg_Buyers";
const apart = { [model]: `wh.${lower}`, [other]: `wh.${mixed}` };

describe("two models whose names differ in case only", () => {
  test("are two tables where both are made", async () => {
    expect(await placed(tablesOf({}), await project())).toEqual(apart);
  });

  test.each([[lower], [mixed]])("are two tables where the catalog has %s only", async (name) => {
    expect(await placed(tablesOf({ known: [name] }), await project())).toEqual(apart);
  });

  test("are not one table where nothing is made", async () => {
    const tables = tablesOf({ known: [lower], createMissingTables: false });
    expect(await placed(tables, await project())).toEqual({ [model]: `wh.${lower}` });
  });

  test("are two tables where they are of two projects, in one run or in two", async () => {
    const without = (id: string) =>
      project((manifest) => {
        delete manifest["nodes"]?.[id];
      });
    const tables = tablesOf({});
    expect(await placed(tables, await without(other))).toEqual({ [model]: `wh.${lower}` });
    expect(await placed(tables, await without(model))).toEqual({ [other]: `wh.${mixed}` });
    const marks = { [`table/wh.${lower}`]: JSON.stringify({ hash: "h", by: model, listed: true }) };
    const next = tablesOf({ known: [lower], marks });
    expect(await placed(next, await without(model))).toEqual({ [other]: `wh.${mixed}` });
  });

  test("are found by the name that catalog.json tells", async () => {
    const view = project((manifest, catalog) => {
      delete manifest["nodes"]?.[other];
      const { [model]: listed } = catalog["nodes"] ?? {};
      if (listed) listed["metadata"] = { ...(listed["metadata"] as object), name: "STG_BUYERS" };
    });
    const known = ["bakery.main_staging.STG_BUYERS", lower];
    expect(await placed(tablesOf({ known }), await view)).toEqual({ [model]: "wh.bakery.main_staging.STG_BUYERS" });
  });
});

describe("a source and the seed that makes its table, in another case", () => {
  const seed = "seed.bakery.raw_sales";
  const source = "source.bakery.oven.sales";
  const tables = async (adapter: string) => {
    const view = await project((manifest, catalog) => {
      const { metadata, sources } = manifest;
      if (metadata) Object.assign(metadata, { adapter_type: adapter });
      Object.assign(sources?.[source] ?? {}, { identifier: "RAW_SALES" });
      delete catalog["nodes"]?.[seed];
      delete catalog["sources"]?.[source];
    });
    const all = await tablesOf({}).place(view);
    view.close();
    return new Set(
      all.filter(({ relation }) => [seed, source].includes(relation.uniqueId)).map(({ table }) => table.fqn),
    );
  };

  test("are one table where the database knows no case, and two where it does", async () => {
    expect(await tables("duckdb")).toEqual(new Set(["wh.bakery.main_raw.raw_sales"]));
    expect((await tables("bigquery")).size).toBe(2);
  });
});
