import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { encodeName, fqnOf } from "@omd/schema";
import { addCurated, ServedCatalog } from "./dbt-catalog.ts";
import { dataTypeOf, Expected, tableOf, type DbtNode } from "./dbt-expected.ts";
import { dbtDirectory, DbtPlace, dbtRuns } from "./dbt-place.ts";
import { ExportedCatalog, type ExportedLine } from "./exported-catalog.ts";
import { difference, same, type OmdResult } from "./omd.ts";
import { startOmdServe } from "./served-omd.ts";

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

/** pass and fail as dbt says them, in OpenMetadata's words. What warns is `Failed` unless `dbtWarningsAs` says otherwise. */
const statusOf: Readonly<Record<string, string>> = {
  pass: "Success",
  warn: "Failed",
  fail: "Failed",
  error: "Failed",
};

describe.each(dbtRuns)("dbt $version on $target", (run) => {
  const place = new DbtPlace();
  const expected = new Expected(run);
  let first: OmdResult;
  let second: OmdResult;
  let exported: string;
  let catalog: ExportedCatalog;
  let tables: ReadonlyMap<string, ExportedLine>;

  beforeAll(async () => {
    const served = await startOmdServe(place.home);
    await addCurated(new ServedCatalog(served.url));
    await served.stop();
    place.lay(join(dbtDirectory(run), "artifacts"));
    place.configure();
    first = await place.ingest();
    exported = await place.exportCatalog();
    catalog = new ExportedCatalog(exported);
    tables = catalog.entities("table");
    second = await place.ingest();
  }, 600_000);

  /** A table by its name in the database. */
  const named = (name: string): ExportedLine | undefined =>
    [...tables.values()].find((table) => table["name"] === name);
  /** Nodes whose table is really there. */
  const built = (): [string, DbtNode][] => [...expected.relations].filter(([fqn]) => expected.tables.has(fqn));

  test("dbt ran what the project holds", () => {
    const by = (status: string): number => [...expected.results.values()].filter((one) => one.status === status).length;
    expect(expected.rows).toEqual({ fct_sales: 4, dim_customers_v2: 2 });
    for (const status of ["success", "pass", "warn", "fail", "error", "skipped"])
      expect([status, by(status) > 0]).toEqual([status, true]);
    expect(built().length).toBeGreaterThan(15);
  });

  test("the run is complete and says so", () => {
    expect(first.stderr).not.toContain("Error");
    expect(first.report?.failures).toEqual([]);
    expect(first.code).toBe(0);
    expect(first.report?.outcome).toBe("complete");
    expect(first.report?.scopes.every((scope) => scope.state === "complete")).toBe(true);
  });

  test("all tables of the database are there, with their columns and types, and none that dbt does not know", () => {
    // Older adapters of DuckDB list their own database only, so dbt's catalog has no columns of the attached one.
    const listed = (database: string): boolean => run.version === "1.11" || database !== "archive";
    const found = (fqn: string): unknown => ({
      fqn,
      type: tables.get(fqn)?.["tableType"],
      columns: columnsOf(tables.get(fqn)).map(({ name, dataType }) => ({ name, dataType })),
    });
    for (const [fqn, { kind, columns, database }] of expected.tables)
      expect(found(fqn)).toEqual({
        fqn,
        type: { table: "Regular", view: "View", "materialized view": "MaterializedView" }[kind],
        columns: listed(database) ? columns.map(({ name, type }) => ({ name, dataType: dataTypeOf(type) })) : [],
      });
    // What dbt could not make is known all the same; what is never a table is none.
    for (const fqn of tables.keys())
      if (!expected.tables.has(fqn)) {
        const node = expected.relations.get(fqn);
        const status = node && (expected.result(node.unique_id) ?? expected.freshness.get(node.unique_id))?.status;
        expect([fqn, status]).toEqual([fqn, expect.stringMatching(/^(error|skipped|runtime error)$/)]);
      }
  });

  test("descriptions of tables and columns are those of the project", () => {
    for (const [fqn, node] of built()) {
      const table = tables.get(fqn);
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
    for (const [fqn, node] of built()) {
      const table = tables.get(fqn);
      expect({ fqn, tags: dbtTags(table) }).toEqual({ fqn, tags: tagFqns(node.tags) });
      for (const { name, tags } of Object.values(node.columns)) {
        const column = columnsOf(table).find((each) => each.name.toLowerCase() === name.toLowerCase());
        expect({ fqn, name, tags: dbtTags(column) }).toEqual({ fqn, name, tags: tagFqns(tags) });
      }
    }
    expect(dbtTags(named("umsätze_日本"))).toHaveLength(4);
  });

  test("what `meta.openmetadata` says is done: owner, tier, domain, glossary, tags, custom properties", () => {
    const sales = named("fct_sales");
    expect(references(sales?.["owners"])).toEqual(["ana"]);
    expect(tagsOf(sales)).toEqual(expect.arrayContaining(["Tier.Tier1", "Shop.Sale", "Sensitivity.Internal"]));
    expect(references(sales?.["domains"])).toEqual(["Trade"]);
    expect(sales?.["extension"]).toEqual({ costCentre: "M-12" });
    expect(tagsOf(named("customers_v3"))).toContain("Tier.Tier3");
    expect(references(named("customers_v3")?.["owners"])).toEqual(["ana"]);
    expect(references(named("dim_customers_v1")?.["owners"])).toEqual(["bob"]);
    expect(references(named("dim_customers_v2")?.["owners"])).toEqual(["bob"]);
    expect(references(named("sales.by.country")?.["owners"])).toEqual(["ana", "bob"]);
    expect(references(named("best_customers")?.["owners"])).toEqual(["sales_desk_team"]);
  });

  test("each built node has its data model: SQL as it was written and as it ran, path, upstream", () => {
    const written = join(dbtDirectory(run), "project");
    for (const [fqn, node] of built()) {
      if (node.resource_type !== "model" && node.resource_type !== "snapshot") continue;
      const model = tables.get(fqn)?.["dataModel"] as Record<string, unknown> | undefined;
      const path = node.original_file_path;
      expect({ fqn, path: String(model?.["path"]).endsWith(path) }).toEqual({ fqn, path: true });
      expect(model).toMatchObject({ modelType: "DBT", resourceType: node.resource_type });
      expect((model?.["upstream"] as string[] | undefined)?.toSorted() ?? []).toEqual(expected.upstream(node));
      if (node.resource_type !== "model") continue;
      expect(String(model?.["rawSql"]).trim()).toBe(readFileSync(join(written, path), "utf8").trim());
      const compiled = readFileSync(join(written, "target", "compiled", "market", path), "utf8");
      expect(String(model?.["sql"]).trim()).toBe(compiled.trim());
    }
  });

  test("lineage is what `dbt ls` says, through ephemeral models, and nothing else", () => {
    const inDatabase = (fqn: string): boolean => expected.tables.has(fqn);
    const wanted = built().flatMap(([fqn, node]) =>
      expected
        .upstream(node)
        .filter((parent) => inDatabase(parent))
        .map((parent) => `${parent} → ${fqn}`),
    );
    const found = catalog.edges
      .filter(({ from, to }) => from.type === "table" && to.type === "table")
      .filter(({ from, to }) => inDatabase(from.fullyQualifiedName) && inDatabase(to.fullyQualifiedName));
    expect(found.map(({ from, to }) => `${from.fullyQualifiedName} → ${to.fullyQualifiedName}`).toSorted()).toEqual(
      wanted.toSorted(),
    );
    expect(new Set(found.map(({ source }) => source))).toEqual(new Set(["DbtLineage"]));
    expect(wanted.length).toBeGreaterThan(15);
  });

  test("columns are followed, through ephemeral models and odd names", () => {
    const pairs = catalog.edges.flatMap(({ columnsLineage = [] }) =>
      columnsLineage.flatMap(({ fromColumns, toColumn }) => fromColumns.map((from) => `${from} → ${toColumn}`)),
    );
    const column = (table: string, name: string): string =>
      `${String(named(table)?.fullyQualifiedName)}.${fqnOf(encodeName(name))}`;
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

  test("each test is a test case on the table that owns it, with what dbt said last", () => {
    const cases = [...catalog.entities("testCase").values()];
    const results = newestResults(catalog);
    const told = expected.tests.filter(({ unique_id: id }) => expected.result(id) !== undefined);
    expect(told.length).toBeGreaterThan(25);
    for (const { unique_id: id, name, attached_node: attached } of told) {
      const { status = "", message, failures } = expected.result(id) ?? {};
      const owner = attached === null || attached === undefined ? undefined : expected.node(attached);
      const isEphemeral = owner?.config.materialized === "ephemeral";
      const table = owner === undefined || isEphemeral ? undefined : tableOf(owner);
      if (table !== undefined && !expected.tables.has(table)) continue;
      const found = cases.filter((one) => one["name"] === name);
      expect({ name, found: found.length }).toEqual({ name, found: 1 });
      const fqn = String(found[0]?.fullyQualifiedName);
      if (table !== undefined) expect(fqn.startsWith(`${table}.`)).toBe(true);
      const result = results.get(fqn);
      expect({ name, status: result?.["testCaseStatus"] }).toEqual({ name, status: statusOf[status] });
      if (message !== undefined) expect(String(result?.["result"])).toContain(message.split("\n")[0]);
      if (status === "fail") expect(result?.["failedRows"]).toBe(failures);
    }
  });

  test("a relationship test stands at the table that owns it and has its result", () => {
    const found = [...catalog.entities("testCase").keys()].filter((fqn) => fqn.includes("relationships_fct_sales"));
    expect(found.toSorted().map((fqn) => fqn.split(".fct_sales.")[1]?.split(".")[0])).toEqual([
      "country_code",
      "customer_id",
    ]);
  });

  test("what a later build changed counts, what `dbt docs generate` compiled does not", () => {
    const amount = expected.tests.find(({ name }) => name.startsWith("at_most_fct_sales_amount"));
    const id = amount?.unique_id ?? "";
    expect(expected.runs.map((results) => results[id]?.status)).toEqual(["warn", "pass"]);
    const fqn = [...catalog.entities("testCase").values()].find((one) => one["name"] === amount?.name);
    const series = catalog.ofKind("series").filter((line) => line.fullyQualifiedName === fqn?.fullyQualifiedName);
    const last = series.at(-1)?.["value"] as ExportedLine | undefined;
    expect(last?.["testCaseStatus"]).toBe("Success");
    expect(String(last?.["result"])).toMatch(/^pass/);
  });

  test("freshness of sources is a test with its result", () => {
    const results = newestResults(catalog);
    expect([...expected.freshness.values()].map(({ status }) => status).toSorted()).toEqual(
      expect.arrayContaining(["error", "pass", "warn"]),
    );
    for (const [id, { status }] of expected.freshness) {
      const source = expected.node(id);
      const table = source && tableOf(source);
      if (source === undefined || table === undefined || !expected.tables.has(table)) continue;
      const result = results.get(`${table}.${source.name}_freshness`);
      expect({ id, status: result?.["testCaseStatus"] }).toEqual({ id, status: statusOf[status] });
    }
  });

  test("exposures are joined to the entities that they name", () => {
    const upstream = (fqn: string): string[] =>
      catalog.edges
        .filter(({ to }) => to.fullyQualifiedName === fqn)
        .map(({ from }) => from.fullyQualifiedName)
        .toSorted();
    const ends = (name: string): string[] => {
      const exposure = expected.nodes.find((one) => one.resource_type === "exposure" && one.name === name);
      return exposure === undefined ? [] : expected.upstream(exposure);
    };
    expect(upstream("bi.weekly")).toEqual(ends("weekly_sales"));
    expect(upstream("models.stock")).toEqual(ends("stock_forecast"));
    expect(ends("weekly_sales")).toHaveLength(2);
    // An exposure that names nothing is a dashboard of its own.
    const notes = [...catalog.entities("dashboard").values()].find((one) => one["name"] === "notes");
    expect(upstream(String(notes?.fullyQualifiedName))).toEqual(ends("notes"));
  });

  test("metrics are metrics, fed by the table that they are measured on", () => {
    const wanted = expected.nodes.filter((one) => one.resource_type === "metric").map(({ name }) => name);
    expect(wanted).toHaveLength(run.version === "1.5" ? 0 : 3);
    const metrics = [...catalog.entities("metric").values()];
    expect(metrics.map((metric) => String(metric["name"]).replace(/.*\./, "")).toSorted()).toEqual(wanted.toSorted());
    const revenue = metrics.find((metric) => String(metric["name"]).endsWith("revenue"));
    const feeding = catalog.edges.filter(({ to }) => to.fullyQualifiedName === revenue?.fullyQualifiedName);
    expect(feeding.map(({ from }) => from.fullyQualifiedName)).toEqual(
      revenue === undefined ? [] : [String(named("fct_sales")?.fullyQualifiedName)],
    );
  });

  test("the project is a pipeline; each build is a run with the state of its nodes", () => {
    const pipelines = [...catalog.entities("pipeline").values()];
    expect(pipelines).toHaveLength(1);
    const runs = catalog.ofKind("pipelineStatus");
    // Freshness and documentation run no nodes.
    expect(runs).toHaveLength(2);
    const [build] = expected.runs;
    const tasks = (runs[0]?.["taskStatus"] as { name: string; executionStatus: string }[] | undefined) ?? [];
    const states = new Map(tasks.map((each) => [each.name, each.executionStatus]));
    const executed: Record<string, string> = { success: "Successful", error: "Failed", skipped: "Skipped" };
    for (const [id, { status }] of Object.entries(build ?? {})) {
      if (!/^(model|seed|snapshot)\./.test(id) || expected.node(id)?.config.materialized === "ephemeral") continue;
      const task = [...states].find(([name]) => name === id || id.endsWith(`.${name}`));
      expect({ id, state: task?.[1] }).toEqual({ id, state: executed[status] });
    }
    expect(runs[0]?.["executionStatus"]).toBe("Failed");
  });

  test("a second run writes nothing and leaves the catalog as it was", async () => {
    expect(second.code).toBe(0);
    expect(second.report?.writes).toEqual(expect.objectContaining({ created: 0, updated: 0, restored: 0, deleted: 0 }));
    expect(difference(await place.exportCatalog(), exported)).toEqual(same);
  });

  test("`omd check` passes each step", async () => {
    const { code, stdout } = await place.omd(["check", "-c", "dbt.yaml", "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { passed: boolean }).passed).toBe(true);
  });
});

/** The newest result of each test case by its FQN. */
function newestResults(catalog: ExportedCatalog): ReadonlyMap<string, Record<string, unknown>> {
  const lines = catalog.ofKind("series").filter((line) => line["extension"] === "testCase.testCaseResult");
  return new Map(
    lines
      .toSorted((a, b) => Number(a["timestamp"]) - Number(b["timestamp"]))
      .map((line) => [String(line.fullyQualifiedName), line["value"] as Record<string, unknown>]),
  );
}
