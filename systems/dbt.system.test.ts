import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { encodeName, fqnOf } from "@omd/schema";
import { dataTypeOf } from "./dbt-expected.ts";
import { IngestedRun } from "./dbt-ingested.ts";
import { dbtDirectory, dbtRuns, isSince } from "./dbt-place.ts";
import type { ExportedLine } from "./exported-catalog.ts";
import { difference, same, type OmdResult } from "./omd.ts";

/**
 * Artifacts of real dbt into the embedded catalog, by the command line; compared with what dbt's log, `dbt ls` and the database say, and
 * with the files of the project as it was written.
 */

interface Column {
  readonly name: string;
  readonly dataType: string;
  readonly dataTypeDisplay?: string;
  readonly description?: string;
  readonly tags?: readonly { tagFQN: string }[];
}
const columnsOf = (table: ExportedLine | undefined): readonly Column[] =>
  (table?.["columns"] as Column[] | undefined) ?? [];
const tagsOf = (line: ExportedLine | Column | undefined): string[] =>
  (((line as Record<string, unknown> | undefined)?.["tags"] as { tagFQN: string }[] | undefined) ?? [])
    .map(({ tagFQN }) => tagFQN)
    .toSorted();
const dbtTags = (line: ExportedLine | Column | undefined): string[] =>
  tagsOf(line).filter((tag) => tag.startsWith("dbtTags."));
const tagFqns = (tags: readonly string[]): string[] =>
  [...new Set(tags)].map((tag) => fqnOf("dbtTags", encodeName(tag))).toSorted();
const references = (value: unknown): string[] =>
  ((value as { fullyQualifiedName: string }[] | undefined) ?? []).map((each) => each.fullyQualifiedName).toSorted();

describe.each(dbtRuns)("dbt $version on $target", (dbt) => {
  let run: IngestedRun;
  let second: OmdResult;

  beforeAll(async () => {
    run = await IngestedRun.of(dbt);
    second = await run.place.ingest();
  }, 600_000);

  test("dbt ran what the project holds", () => {
    const by = (status: string): number =>
      [...run.expected.results.values()].filter((one) => one.status === status).length;
    expect(run.expected.rows).toEqual({ fct_sales: 4, dim_customers_v2: 2 });
    for (const status of ["success", "pass", "warn", "fail", "error", "skipped"])
      expect([status, by(status) > 0]).toEqual([status, true]);
    expect(run.built.length).toBeGreaterThan(15);
  });

  test("the run is complete and says so", () => {
    expect(run.result.stderr).not.toContain("Error");
    expect(run.result.report?.failures).toEqual([]);
    expect(run.result.code).toBe(0);
    expect(run.result.report?.outcome).toBe("complete");
    expect(run.result.report?.scopes.every((scope) => scope.state === "complete")).toBe(true);
  });

  test("all tables of the database are there, with their columns and types, and none that dbt does not know", () => {
    // Older adapters of DuckDB list their own database only, so dbt's catalog has no columns of the attached one.
    const listed = (database: string): boolean => dbt.version === "1.11" || database !== "archive";
    const found = (fqn: string): unknown => ({
      fqn,
      type: run.tables.get(fqn)?.["tableType"],
      columns: columnsOf(run.tables.get(fqn)).map(({ name, dataType }) => ({ name, dataType })),
    });
    for (const [fqn, { kind, columns, database }] of run.expected.tables)
      expect(found(fqn)).toEqual({
        fqn,
        type: { table: "Regular", view: "View", "materialized view": "MaterializedView" }[kind],
        columns: listed(database) ? columns.map(({ name, type }) => ({ name, dataType: dataTypeOf(type) })) : [],
      });
    // What dbt could not make is there as dbt declares it, and marked; a source that it could not ask is known by name only.
    for (const [fqn, table] of run.tables) {
      const isMarked = tagsOf(table).includes("dbtProperties.not_built");
      if (run.expected.tables.has(fqn)) {
        expect([fqn, isMarked]).toEqual([fqn, false]);
        continue;
      }
      const { unique_id: id = "", resource_type: type } = run.expected.relations.get(fqn) ?? {};
      const { status } = (type === "source" ? run.expected.freshness.get(id) : run.expected.result(id)) ?? {};
      const wanted =
        type === "source" ? ["runtime error", false] : [expect.stringMatching(/^(?:error|skipped)$/), true];
      expect([fqn, status, isMarked]).toEqual([fqn, ...wanted]);
    }
  });

  test("descriptions of tables and columns are those of the project", () => {
    for (const [fqn, node] of run.built) {
      const table = run.tables.get(fqn);
      expect({ fqn, text: (table?.["description"] as string | undefined) ?? "" }).toEqual({
        fqn,
        text: (node.description ?? "").trim() === "" ? "" : node.description,
      });
      for (const { name, description } of Object.values(node.columns)) {
        if (description === undefined || description === "") continue;
        const column = columnsOf(table).find((each) => each.name.toLowerCase() === name.toLowerCase());
        expect({ fqn, name, description: column?.description }).toEqual({ fqn, name, description });
      }
    }
  });

  test("tags of nodes and columns are those of the project, odd ones too", () => {
    for (const [fqn, node] of run.built) {
      const table = run.tables.get(fqn);
      expect({ fqn, tags: dbtTags(table) }).toEqual({ fqn, tags: tagFqns(node.tags) });
      for (const { name, tags } of Object.values(node.columns)) {
        const column = columnsOf(table).find((each) => each.name.toLowerCase() === name.toLowerCase());
        expect({ fqn, name, tags: dbtTags(column) }).toEqual({ fqn, name, tags: tagFqns(tags) });
      }
    }
    expect(dbtTags(run.named("umsätze_日本"))).toHaveLength(4);
  });

  test("what `meta.openmetadata` says is done: owner, tier, domain, glossary, tags, custom properties", () => {
    const sales = run.named("fct_sales");
    expect(references(sales?.["owners"])).toEqual(["ana"]);
    expect(tagsOf(sales)).toEqual(expect.arrayContaining(["Tier.Tier1", "Shop.Sale", "Sensitivity.Internal"]));
    expect(references(sales?.["domains"])).toEqual(["Trade"]);
    expect(sales?.["extension"]).toEqual({ costCentre: "M-12" });
    expect(tagsOf(run.named("customers_v3"))).toContain("Tier.Tier3");
    expect(references(run.named("customers_v3")?.["owners"])).toEqual(["ana"]);
    expect(references(run.named("dim_customers_v1")?.["owners"])).toEqual(["bob"]);
    expect(references(run.named("dim_customers_v2")?.["owners"])).toEqual(["bob"]);
    expect(references(run.named("sales.by.country")?.["owners"])).toEqual(["ana", "bob"]);
    expect(references(run.named("best_customers")?.["owners"])).toEqual(["sales_desk_team"]);
  });

  test("each built node has its data model: SQL as it was written and as it ran, path, upstream", () => {
    const written = join(dbtDirectory(dbt), "project");
    for (const [fqn, node] of run.built) {
      if (node.resource_type !== "model" && node.resource_type !== "snapshot") continue;
      const model = run.tables.get(fqn)?.["dataModel"] as Record<string, unknown> | undefined;
      const path = node.original_file_path;
      expect({ fqn, path: String(model?.["path"]).endsWith(path) }).toEqual({ fqn, path: true });
      expect(model).toMatchObject({ modelType: "DBT", resourceType: node.resource_type });
      expect((model?.["upstream"] as string[] | undefined)?.toSorted() ?? []).toEqual(run.expected.upstream(node));
      if (node.resource_type !== "model") continue;
      expect(String(model?.["rawSql"]).trim()).toBe(readFileSync(join(written, path), "utf8").trim());
      const compiled = readFileSync(join(written, "target", "compiled", "market", path), "utf8");
      expect(String(model?.["sql"]).trim()).toBe(compiled.trim());
    }
  });

  test("lineage is what `dbt ls` says, through ephemeral models, and nothing else", () => {
    const inDatabase = (fqn: string): boolean => run.expected.tables.has(fqn);
    const wanted = run.built.flatMap(([fqn, node]) =>
      run.expected
        .upstream(node)
        .filter((parent) => inDatabase(parent))
        .map((parent) => `${parent} → ${fqn}`),
    );
    const found = run.catalog.edges
      .filter(({ from, to }) => from.type === "table" && to.type === "table")
      .filter(({ from, to }) => inDatabase(from.fullyQualifiedName) && inDatabase(to.fullyQualifiedName));
    expect(found.map(({ from, to }) => `${from.fullyQualifiedName} → ${to.fullyQualifiedName}`).toSorted()).toEqual(
      wanted.toSorted(),
    );
    expect(new Set(found.map(({ source }) => source))).toEqual(new Set(["DbtLineage"]));
    expect(wanted.length).toBeGreaterThan(14);
  });

  test("columns are followed, through ephemeral models and odd names", () => {
    const pairs = run.catalog.edges.flatMap(({ columnsLineage = [] }) =>
      columnsLineage.flatMap(({ fromColumns, toColumn }) => fromColumns.map((from) => `${from} → ${toColumn}`)),
    );
    const column = (table: string, name: string): string => run.column(table, name);
    // Read off the SQL by hand.
    const wanted = [
      [column("Sales 2026", "id"), column("stg_sales", "sale_id")],
      [column("Sales 2026", "Country"), column("stg_sales", "country_code")],
      [column("customers_v3", "full_name"), column("dim_customers_v1", "full_name")],
      [column("customers_v3", "e_mail"), column("dim_customers_v2", "e_mail")],
      [column("stg_sales", "amount"), column("fct_sales", "amount")],
      [column("fct_sales", "amount"), column("Revenue per Day", "Total €")],
      [column("fct_sales", "amount"), column("sales.by.country", "vat")],
      [column("VAT rates", "rate"), column("sales.by.country", "vat")],
      [column("countries", "name"), column("sales.by.country", "name")],
      [column("dim_customers_v2", "full_name"), column("best_customers", "full_name")],
      [column("dim_customers_v1", "full_name"), column("old_customers", "full_name")],
      [column("stg_sales", "sale_id"), column("UPPER_CASE", "ID")],
      [column("stg_sales", "amount"), column("umsätze_日本", "größe (€)")],
      [column("Ermäßigungen", "percent off"), column("no_columns_told", "percent off")],
      [column("customers_v3", "e_mail"), column("customers_history", "e_mail")],
    ];
    for (const [from, to] of wanted) expect(pairs).toContain(`${String(from)} → ${String(to)}`);
    // The rate is no part of the revenue.
    expect(pairs).not.toContain(`${column("VAT rates", "rate")} → ${column("sales.by.country", "revenue")}`);
  });

  test("exposures are joined to the entities that they name", () => {
    const upstream = (fqn: string): string[] =>
      run.catalog.edges
        .filter(({ to }) => to.fullyQualifiedName === fqn)
        .map(({ from }) => from.fullyQualifiedName)
        .toSorted();
    const ends = (name: string): string[] => {
      const exposure = run.expected.nodes.find((one) => one.resource_type === "exposure" && one.name === name);
      return exposure === undefined ? [] : run.expected.upstream(exposure);
    };
    expect(upstream("bi.weekly")).toEqual(ends("weekly_sales"));
    expect(upstream("models.stock")).toEqual(ends("stock_forecast"));
    expect(ends("weekly_sales")).toHaveLength(2);
    // An exposure that names nothing is a dashboard of its own.
    const notes = [...run.catalog.entities("dashboard").values()].find((one) => one["name"] === "notes");
    expect(upstream(String(notes?.fullyQualifiedName))).toEqual(ends("notes"));
    if (!isSince(dbt, "1.8")) return;
    expect(ends("board_report")).toEqual(['"market.revenue_per_sale"']);
    expect(upstream("market_dbt_exposures.board_report")).toEqual(ends("board_report"));
  });

  test("metrics and semantic models are metrics, fed by what `dbt ls` says", () => {
    const wanted = run.expected.metrics;
    const types = new Set([...wanted.values()].map((node) => node.resource_type));
    // The project has metrics of the old kind up to dbt 1.5, and of semantic models from 1.8 on.
    const said = isSince(dbt, "1.8") ? ["metric", "semantic_model"] : isSince(dbt, "1.6") ? [] : ["metric"];
    expect([...types].toSorted()).toEqual(said);
    expect([...run.catalog.entities("metric").keys()].toSorted()).toEqual([...wanted.keys()].toSorted());
    for (const [fqn, node] of wanted) {
      const feeding = run.catalog.edges.filter(({ to }) => to.fullyQualifiedName === fqn);
      const names = feeding.map(({ from }) => from.fullyQualifiedName).toSorted();
      expect({ fqn, names }).toEqual({ fqn, names: run.expected.upstream(node) });
      expect(names.length).toBeGreaterThan(0);
    }
  });

  test("a second run writes nothing and leaves the catalog as it was", async () => {
    expect(second.code).toBe(0);
    expect(second.report?.writes).toEqual(expect.objectContaining({ created: 0, updated: 0, restored: 0, deleted: 0 }));
    expect(difference(await run.place.exportCatalog(), run.exported)).toEqual(same);
  });

  test("`omd check` passes each step", async () => {
    const { code, stdout } = await run.place.omd(["check", "-c", "dbt.yaml", "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { passed: boolean }).passed).toBe(true);
  });
});
