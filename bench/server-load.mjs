/**
 * The server on a large catalog: fills a file, starts `omd serve` on it, and measures reads alone, writes alone, and reads while writes come in.
 * Prints figures; asserts nothing. node bench/server-load.mjs --entities 1000000 --edges 2000000 [--dir DIR, kept and used again]
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request as open } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: flags } = parseArgs({
  options: {
    entities: { type: "string", default: "1000000" },
    edges: { type: "string", default: "2000000" },
    reads: { type: "string", default: "2000" },
    writes: { type: "string", default: "20000" },
    /** Where the catalog is kept; one that is there is used as it is. */
    dir: { type: "string" },
  },
});
const tables = Number(flags.entities);
const tablesPerSchema = 200;
const schemasPerDatabase = 100;
const batch = 500;

/** The same numbers in every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

const schemaOf = (table) => Math.floor(table / tablesPerSchema);
const databaseOf = (schema) => Math.floor(schema / schemasPerDatabase);
const databaseFqn = (database) => `warehouse.db_${database}`;
const schemaFqn = (schema) => `${databaseFqn(databaseOf(schema))}.schema_${schema}`;
const tableName = (table) => `${["orders", "customers", "payments", "events"][table % 4]}_${table}`;
const tableFqn = (table) => `${schemaFqn(schemaOf(table))}.${tableName(table)}`;
const tableRequest = (table, more = {}) => ({
  name: tableName(table),
  databaseSchema: schemaFqn(schemaOf(table)),
  tableType: "Regular",
  columns: [
    { name: "id", dataType: "BIGINT" },
    { name: `amount_${table % 1000}`, dataType: "DECIMAL", precision: 12, scale: 2 },
    { name: "created_at", dataType: "TIMESTAMP" },
  ],
  ...more,
});

async function putAll(catalog, type, requests) {
  for (let at = 0; at < requests.length; at += batch)
    for (const result of await catalog.putMany(type, requests.slice(at, at + batch)))
      if (!result.ok) throw new Error(`${result.fqn}: ${result.message}`);
}

/** Tables that read from tables shortly before them, as pipelines of one team do. */
async function fill(file) {
  const { openEmbeddedCatalog } = await import(join(root, "packages/catalog/dist/index.js"));
  const catalog = openEmbeddedCatalog({ file });
  const schemas = schemaOf(tables - 1) + 1;
  await catalog.put("databaseService", { name: "warehouse", serviceType: "Postgres" });
  await putAll(
    catalog,
    "database",
    Array.from({ length: databaseOf(schemas - 1) + 1 }, (_, at) => ({ name: `db_${at}`, service: "warehouse" })),
  );
  await putAll(
    catalog,
    "databaseSchema",
    Array.from({ length: schemas }, (_, at) => ({ name: `schema_${at}`, database: databaseFqn(databaseOf(at)) })),
  );
  for (let at = 0; at < tables; at += 20_000) {
    await putAll(
      catalog,
      "table",
      Array.from({ length: Math.min(20_000, tables - at) }, (_, more) => tableRequest(at + more)),
    );
    process.stderr.write(`\r${at} tables`);
  }
  const ids = [];
  for await (const { id } of catalog.list("table")) ids.push({ id, type: "table" });
  const next = random(7);
  const edges = Number(flags.edges);
  for (let at = 0; at < edges; at += batch) {
    await Promise.all(
      Array.from({ length: Math.min(batch, edges - at) }, () => {
        const to = 1 + next(ids.length - 1);
        const from = Math.max(0, to - 1 - next(50));
        return catalog.putLineage({ from: ids[from], to: ids[to], details: { source: "QueryLineage" } });
      }),
    );
    if (at % 50_000 === 0) process.stderr.write(`\r${at} edges `);
  }
  process.stderr.write("\n");
  await catalog.close();
}

async function startServer(home) {
  const args = ["serve", "--omd-home", home, "--port", "0", "--json"];
  const child = spawn(process.execPath, [join(root, "packages/cli/bin/run.js"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    const url = /"url":\s*"([^"]+)"/.exec(text)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`omd serve ended: ${text}`);
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

function call(url, method, path, body) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = payload ? { "content-type": "application/json", "content-length": payload.length } : {};
    const outgoing = open(url + path, { method, headers, agent }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode >= 300)
          reject(new Error(`${method} ${path}: ${answer.statusCode} ${Buffer.concat(chunks)}`));
        else resolve({ ms: performance.now() - started, bytes: Buffer.concat(chunks).length });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}

async function timed(name, count, lanes, one) {
  const times = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count) {
        const at = next;
        next += 1;
        times.push((await one(at)).ms);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const share = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))].toFixed(1);
  process.stdout.write(
    `${name.padEnd(50)} ${(count / seconds).toFixed(0).padStart(6)}/s  p50 ${share(0.5).padStart(6)}  p99 ${share(0.99).padStart(6)}  max ${share(1).padStart(7)} ms\n`,
  );
}

const rss = (pid, what = "VmRSS") =>
  Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, "mu").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) /
  1024;

async function measure({ child, url }) {
  const pick = random(3);
  const reads = Number(flags.reads);
  const byName = () => call(url, "GET", `/api/v1/tables/name/${encodeURIComponent(tableFqn(pick(tables)))}?fields=*`);
  const search = () => call(url, "GET", `/api/omd/search?q=${tableName(pick(tables))}&limit=10`);
  const broad = () => call(url, "GET", "/api/omd/search?q=orders&limit=20");
  const letter = () => call(url, "GET", "/api/omd/search?q=o&limit=20");
  const filtered = () => call(url, "GET", "/api/omd/search?q=orde+wareh&type=table&service=warehouse&limit=20");
  const field = () =>
    call(
      url,
      "GET",
      `/api/v1/search/fieldQuery?fieldName=fullyQualifiedName&fieldValue=${encodeURIComponent(`*.${tableName(pick(tables))}`)}&index=table_search_index&deleted=false`,
    );
  const lineage = () =>
    call(
      url,
      "GET",
      `/api/omd/lineage?type=table&fqn=${encodeURIComponent(tableFqn(pick(tables)))}&upstream=3&downstream=3&limit=300`,
    );
  const write = (at) => call(url, "PUT", "/api/v1/tables", tableRequest(at, { description: `written ${at}` }));
  const bulk = (at) =>
    call(
      url,
      "PUT",
      "/api/v1/tables/bulk?async=false",
      Array.from({ length: 100 }, (_, more) => tableRequest(100_000 + at * 100 + more, { description: "in bulk" })),
    );
  await timed("get by name, one at a time", reads, 1, byName);
  await timed("get by name, 8 at a time", reads, 8, byName);
  await timed("search by a whole name", reads / 10, 1, search);
  await timed("search by a word in a quarter of all names", 20, 1, broad);
  await timed("search by one letter", 20, 1, letter);
  await timed("search by beginnings of two broad words, filtered", 20, 1, filtered);
  await timed("fieldQuery with a leading wildcard", 20, 1, field);
  await timed("lineage, three hops each way", reads / 20, 1, lineage);
  const writes = Number(flags.writes);
  await timed("write one entity, 16 at a time", writes / 4, 16, write);
  await timed("write 100 entities in bulk, 4 at a time", writes / 100, 4, bulk);
  await Promise.all([
    timed("get by name while writes come in", reads, 2, byName),
    timed("  the writes meanwhile, 8 at a time", writes / 4, 8, write),
  ]);
  process.stdout.write(
    `memory of the server: ${rss(child.pid).toFixed(0)} MiB, at most ${rss(child.pid, "VmHWM").toFixed(0)} MiB\n`,
  );
}

const dir = flags.dir ?? mkdtempSync(join(tmpdir(), "omd-server-load-"));
mkdirSync(dir, { recursive: true });
const file = join(dir, "catalog.db");
try {
  if (!existsSync(file)) {
    const started = performance.now();
    await fill(file);
    process.stdout.write(
      `filled with ${flags.entities} tables and ${flags.edges} edges in ${((performance.now() - started) / 1000).toFixed(0)} s\n`,
    );
  }
  const server = await startServer(dir);
  try {
    await measure(server);
  } finally {
    agent.destroy();
    server.child.kill("SIGTERM");
  }
} finally {
  if (flags.dir === undefined) rmSync(dir, { recursive: true, force: true });
}
