/**
 * A generated dbt project with all artifacts, read by `omd ingest` into an embedded catalog, cold and once more:
 * `node bench/dbt.mjs --models 5000 --tests 3 --rounds 3 [--dir DIRECTORY]`. Prints seconds and the most memory; asserts nothing.
 */
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureChild } from "@omd/testkit";

const { values: flags } = parseArgs({
  options: {
    models: { type: "string", default: "5000" },
    /** Of each model. */
    tests: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    /** Artifacts are made here and kept. */
    dir: { type: "string" },
  },
});
const root = join(import.meta.dirname, "..");
const models = Number(flags.models);
const testsOfModel = Number(flags.tests);
const layers = ["staging", "core", "marts"];
const columnNames = ["id", "customer_id", "status", "amount", "created_at", "updated_at", "country", "note"];
const types = ["integer", "integer", "varchar", "decimal(18,2)", "timestamp", "timestamp", "varchar", "varchar"];
const generic = ["not_null", "unique", "accepted_values", "relationships", "positive"];

const schemaOf = (at) => layers[Math.floor((at * layers.length) / models)];
const idOf = (at) => `model.big.model_${at}`;
const relationOf = (at) => `"warehouse"."${schemaOf(at)}"."model_${at}"`;
/** The first tenth reads sources, each other two models before it. */
const isFirst = (at) => at < models / 10;
const parentsOf = (at) => (isFirst(at) ? [] : [Math.floor(at / 2), Math.floor((at * 2) / 3)]);

function sqlOf(at) {
  const [one, two] = parentsOf(at);
  if (one === undefined)
    return `select ${columnNames.join(", ")}\nfrom "warehouse"."raw"."table_${at}"\nwhere id is not null`;
  return `with orders as (\n    select * from ${relationOf(one)}\n),\nenriched as (
    select
        o.id,
        o.customer_id,
        upper(o.status) as status,
        sum(o.amount) over (partition by o.customer_id) as amount,
        o.created_at,
        greatest(o.updated_at, c.updated_at) as updated_at,
        coalesce(c.country, o.country) as country,
        o.note
    from orders as o
    left join ${relationOf(two)} as c on c.id = o.customer_id
    where o.status <> 'void ${at}'
)
select * from enriched`;
}

const columnsOf = (at) =>
  Object.fromEntries(
    columnNames.map((name, index) => [
      name,
      {
        name,
        description: index < 5 ? `What ${name} of model ${at} holds, in a sentence of usual length.` : "",
        meta: {},
        data_type: null,
        constraints: [],
        quote: null,
        config: { meta: {}, tags: [] },
        tags: index === 0 ? ["key"] : [],
      },
    ]),
  );

function modelOf(at) {
  const parents = parentsOf(at);
  const sql = sqlOf(at);
  return {
    database: "warehouse",
    schema: schemaOf(at),
    name: `model_${at}`,
    resource_type: "model",
    package_name: "big",
    path: `${schemaOf(at)}/model_${at}.sql`,
    original_file_path: `models/${schemaOf(at)}/model_${at}.sql`,
    unique_id: idOf(at),
    fqn: ["big", schemaOf(at), `model_${at}`],
    alias: `model_${at}`,
    checksum: { name: "sha256", checksum: "0".repeat(64) },
    config: {
      enabled: true,
      materialized: at % 3 === 0 ? "view" : "table",
      tags: [schemaOf(at)],
      meta: {},
      contract: { enforced: false },
    },
    tags: [schemaOf(at)],
    description: `Model ${at} of the layer ${schemaOf(at)}, described in a sentence or two as people do.`,
    columns: columnsOf(at),
    meta: { owner: `team_${at % 20}` },
    group: null,
    relation_name: relationOf(at),
    raw_code: sql.replaceAll(/"warehouse"\."\w+"\."(\w+)"/gu, "{{ ref('$1') }}"),
    language: "sql",
    refs: [],
    sources: [],
    metrics: [],
    depends_on: { macros: [], nodes: isFirst(at) ? [`source.big.raw.table_${at}`] : parents.map(idOf) },
    compiled: true,
    compiled_code: sql,
    access: "protected",
  };
}

function testOf(at, number) {
  const kind = generic[number % generic.length];
  const column = columnNames[number % columnNames.length];
  const name = `${kind}_model_${at}_${column}`;
  return {
    database: "warehouse",
    schema: "dbt_test__audit",
    name,
    resource_type: "test",
    package_name: "big",
    path: `${name}.sql`,
    original_file_path: `models/${schemaOf(at)}/models.yml`,
    unique_id: `test.big.${name}.${(at * 31 + number).toString(16)}`,
    fqn: ["big", schemaOf(at), name],
    alias: name,
    config: { enabled: true, severity: "ERROR", tags: [], meta: {} },
    tags: [],
    description: "",
    columns: {},
    meta: {},
    raw_code: `{{ test_${kind}(**_dbt_generic_test_kwargs) }}`,
    language: "sql",
    depends_on: { macros: [`macro.dbt.test_${kind}`], nodes: [idOf(at)] },
    compiled_code: `select ${column}\nfrom ${relationOf(at)}\nwhere ${column} is null`,
    column_name: column,
    file_key_name: `models.model_${at}`,
    attached_node: idOf(at),
    test_metadata: {
      name: kind,
      kwargs: { column_name: column, model: `{{ get_where_subquery(ref('model_${at}')) }}` },
      namespace: null,
    },
  };
}

function sourceOf(at) {
  return {
    database: "warehouse",
    schema: "raw",
    name: `table_${at}`,
    resource_type: "source",
    package_name: "big",
    path: "models/sources.yml",
    original_file_path: "models/sources.yml",
    unique_id: `source.big.raw.table_${at}`,
    fqn: ["big", "raw", `table_${at}`],
    source_name: "raw",
    source_description: "",
    loader: "",
    identifier: `table_${at}`,
    description: "",
    columns: {},
    meta: {},
    tags: [],
    config: { enabled: true },
    relation_name: `"warehouse"."raw"."table_${at}"`,
  };
}

const range = (count) => Array.from({ length: count }, (_, at) => at);
const firsts = range(models).filter(isFirst);
const tests = range(models).flatMap((at) => range(testsOfModel).map((number) => testOf(at, number)));
const metadata = (kind, version) => ({
  dbt_schema_version: `https://schemas.getdbt.com/dbt/${kind}/v${version}.json`,
  dbt_version: "1.11.16",
  generated_at: "2026-11-01T06:00:00.000000Z",
  invocation_id: "6a1f8a6e-0000-4000-8000-000000000001",
});

const tableOf = (id, schema, name) => [
  id,
  {
    metadata: { type: "BASE TABLE", schema, name, database: "warehouse", comment: null, owner: null },
    columns: Object.fromEntries(
      columnNames.map((column, index) => [
        column,
        { type: types[index], index: index + 1, name: column, comment: null },
      ]),
    ),
    stats: {},
    unique_id: id,
  },
];

function resultOf(uniqueId, at, status, sql) {
  const time = (offset) => new Date(Date.UTC(2026, 10, 1, 6) + at * 100 + offset).toISOString();
  return {
    status,
    timing: [
      { name: "compile", started_at: time(0), completed_at: time(5) },
      { name: "execute", started_at: time(5), completed_at: time(60) },
    ],
    thread_id: "Thread-1",
    execution_time: 0.06,
    adapter_response: { rows_affected: 10 },
    message: status === "fail" ? "Got 3 results, configured to fail if != 0" : null,
    failures: status === "fail" ? 3 : status === "pass" ? 0 : null,
    unique_id: uniqueId,
    compiled: true,
    compiled_code: sql,
    relation_name: null,
  };
}

/** Writes `{"key": value, …}` entry by entry. */
async function section(out, name, entries, isList = false) {
  out.write(`, "${name}": ${isList ? "[" : "{"}`);
  let comma = "";
  for (const entry of entries) {
    const text = isList ? JSON.stringify(entry) : `${JSON.stringify(entry[0])}: ${JSON.stringify(entry[1])}`;
    if (!out.write(comma + text)) await once(out, "drain");
    comma = ", ";
  }
  out.write(isList ? "]" : "}");
}

async function artifact(file, head, write) {
  const out = createWriteStream(file);
  out.write(`{"metadata": ${JSON.stringify(head)}`);
  await write(out);
  out.end("}");
  await once(out, "close");
  return statSync(file).size;
}

async function makeArtifacts(dir) {
  const manifest = { ...metadata("manifest", 12), project_name: "big", adapter_type: "duckdb" };
  const sizes = await Promise.all([
    artifact(join(dir, "manifest.json"), manifest, async (out) => {
      await section(out, "nodes", [
        ...range(models).map((at) => [idOf(at), modelOf(at)]),
        ...tests.map((test) => [test.unique_id, test]),
      ]);
      await section(
        out,
        "sources",
        firsts.map((at) => [`source.big.raw.table_${at}`, sourceOf(at)]),
      );
      for (const name of ["macros", "exposures", "metrics", "groups", "disabled"]) await section(out, name, []);
    }),
    artifact(join(dir, "catalog.json"), metadata("catalog", 1), async (out) => {
      await section(
        out,
        "nodes",
        range(models).map((at) => tableOf(idOf(at), schemaOf(at), `model_${at}`)),
      );
      await section(
        out,
        "sources",
        firsts.map((at) => tableOf(`source.big.raw.table_${at}`, "raw", `table_${at}`)),
      );
      out.write(', "errors": null');
    }),
    artifact(join(dir, "run_results.json"), metadata("run-results", 6), async (out) => {
      const results = [
        ...range(models).map((at) => resultOf(idOf(at), at, "success", sqlOf(at))),
        ...tests.map((test, at) => resultOf(test.unique_id, at, at % 50 === 0 ? "fail" : "pass", test.compiled_code)),
      ];
      await section(out, "results", results, true);
      out.write(', "elapsed_time": 600, "args": {"which": "build"}');
    }),
  ]);
  return sizes.map((size) => `${(size / 1e6).toFixed(0)} MB`).join(" + ");
}

async function run(home, config) {
  const report = join(home, "..", "report.json");
  const omd = join(root, "packages/cli/bin/run.js");
  const args = [omd, "ingest", "-c", config, "--omd-home", home, "--report", report, "--no-progress"];
  const { elapsedMs, peakBytes, exitCode, stderr } = await measureChild(process.execPath, args);
  process.stderr.write(stderr);
  const { writes } = JSON.parse(readFileSync(report, "utf8"));
  return { seconds: elapsedMs / 1000, peak: peakBytes / 2 ** 20, code: exitCode, writes };
}

const place = flags.dir ?? mkdtempSync(join(tmpdir(), "omd-bench-dbt-"));
const target = join(place, "target");
mkdirSync(target, { recursive: true });
const size = await makeArtifacts(target);
process.stdout.write(`${models} models, ${tests.length} tests, ${firsts.length} sources: ${size}\n`);
const config = join(place, "dbt.json");
const options = { type: "DBT", dbtConfigSource: { dbtConfigType: "local", dbtManifestFilePath: target } };
writeFileSync(
  config,
  JSON.stringify({
    source: { type: "dbt", serviceName: "warehouse", sourceConfig: { config: options } },
    sink: { type: "metadata-rest", config: {} },
  }),
);
for (let round = 1; round <= Number(flags.rounds); round += 1) {
  const home = join(place, `home-${round}`);
  rmSync(home, { recursive: true, force: true });
  for (const which of ["cold", "again"]) {
    const { seconds, peak, code, writes } = await run(home, config);
    const { created, updated, unchanged } = writes;
    process.stdout.write(
      `${which.padEnd(6)} ${seconds.toFixed(1).padStart(6)} s ${peak.toFixed(0).padStart(5)} MiB  exit ${code}  ${created} created, ${updated} updated, ${unchanged} unchanged\n`,
    );
  }
  rmSync(home, { recursive: true, force: true });
}
if (flags.dir === undefined) rmSync(place, { recursive: true });
