/**
 * Makes a dbt manifest of any size and reads it: `node --conditions=@omd/source bench/dbt-manifest.mjs MEGABYTES [FILE]`.
 * With FILE, only writes it. Otherwise reads what it made in a process of its own and prints seconds and the most memory used (RSS).
 */
import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";

const columnsPerModel = 20;

function columns(at) {
  return Object.fromEntries(
    Array.from({ length: columnsPerModel }, (_, i) => [
      `column_${i}`,
      {
        name: `column_${i}`,
        description: `What column ${i} of model ${at} holds, in a sentence of usual length. Größe, 数.`,
        meta: {},
        data_type: i % 3 === 0 ? "varchar" : null,
        constraints: [],
        quote: null,
        config: { meta: {}, tags: [] },
        tags: i === 0 ? ["key"] : [],
      },
    ]),
  );
}

function model(at) {
  const parents = [1, 7, 31].filter((step) => at >= step).map((step) => `model.big.model_${at - step}`);
  const select = parents.map((parent) => `select * from "db"."main"."${parent.slice(10)}"`).join("\nunion all\n");
  const code = `with base as (\n${select || "select 1 as one"}\n)\n${"-- a comment line\n".repeat(20)}select * from base`;
  return {
    database: "db",
    schema: "main",
    name: `model_${at}`,
    resource_type: "model",
    package_name: "big",
    path: `layer/model_${at}.sql`,
    original_file_path: `models/layer/model_${at}.sql`,
    unique_id: `model.big.model_${at}`,
    fqn: ["big", "layer", `model_${at}`],
    alias: `model_${at}`,
    config: { enabled: true, materialized: "table", tags: [], meta: {}, contract: { enforced: false } },
    tags: [],
    description: `Model ${at}`,
    columns: columns(at),
    meta: {},
    relation_name: `"db"."main"."model_${at}"`,
    raw_code: code,
    language: "sql",
    depends_on: { macros: [], nodes: parents },
    compiled: true,
    compiled_code: code,
  };
}

/** Writes a manifest of about `bytes` bytes; returns how many models it has. */
async function writeManifest(file, bytes) {
  const out = createWriteStream(file);
  const write = async (text) => {
    if (!out.write(text)) await once(out, "drain");
    return text.length;
  };
  const schema = "https://schemas.getdbt.com/dbt/manifest/v12.json";
  const metadata = { dbt_schema_version: schema, dbt_version: "1.11.16", project_name: "big", adapter_type: "duckdb" };
  let size = await write(`{"metadata": ${JSON.stringify(metadata)}, "nodes": {`);
  let models = 0;
  for (; size < bytes * 0.98; models += 1)
    size += await write(`${models === 0 ? "" : ", "}"model.big.model_${models}": ${JSON.stringify(model(models))}`);
  await write('}, "sources": {}, "macros": {}, "exposures": {}, "metrics": {}, "groups": {}, "disabled": {}');
  await write(', "parent_map": {');
  for (let at = 0; at < models; at += 1)
    await write(`${at === 0 ? "" : ", "}"model.big.model_${at}": ["model.big.model_${Math.max(0, at - 1)}"]`);
  out.end('}, "child_map": {}}');
  await once(out, "close");
  return models;
}

async function read(file) {
  const { readManifest } = await import("../plugins/connector-dbt/src/artifacts/manifest.ts");
  const started = performance.now();
  let models = 0;
  for await (const item of readManifest(createReadStream(file, { highWaterMark: 256 * 1024 }), file))
    if (item.kind === "node") models += 1;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${models} models read in ${seconds} s, at most ${peak} MB\n`);
}

const [first, second] = process.argv.slice(2);
if (first === "read") await read(second);
else {
  const bytes = Number(first ?? 200) * 1_000_000;
  if (!(bytes > 0)) throw new Error("usage: node --conditions=@omd/source bench/dbt-manifest.mjs MEGABYTES [FILE]");
  const folder = second === undefined ? mkdtempSync(join(tmpdir(), "omd-manifest-")) : undefined;
  const file = second ?? join(folder, "manifest.json");
  const models = await writeManifest(file, bytes);
  process.stdout.write(`${file}: ${first ?? 200} MB, ${models} models\n`);
  if (folder !== undefined) {
    spawnSync(process.execPath, [...process.execArgv, import.meta.filename, "read", file], { stdio: "inherit" });
    rmSync(folder, { recursive: true });
  }
}
