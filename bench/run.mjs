/**
 * Floor and product side by side, in turns, against the same stand-ins. Prints time, memory, requests and the ratio; asserts nothing.
 * node bench/run.mjs --dags 1000 --tasks 20 --runs 10 --latency 0 --rounds 3 [--again] [--floor-only]
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
/** The Node that the project pins, whichever this one is: a product that starts another Node would not be measured. */
const pinned = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const node = existsSync(pinned) ? pinned : process.execPath;
const { values: flags } = parseArgs({
  options: {
    dags: { type: "string", default: "1000" },
    tasks: { type: "string", default: "20" },
    runs: { type: "string", default: "10" },
    latency: { type: "string", default: "0" },
    rounds: { type: "string", default: "3" },
    /** Also a second run of the product over the same state: what it costs when nothing has changed. */
    again: { type: "boolean", default: false },
    "floor-only": { type: "boolean", default: false },
    /** The product's output is shown. */
    verbose: { type: "boolean", default: false },
  },
});

/** Starts a stand-in; it ends with its standard input. */
async function standIn(script, args) {
  const child = spawn(node, [join(here, script), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(line);
    return {
      url,
      counts: async () => (await fetch(`${url}/_counts`)).json(),
      reset: () => fetch(`${url}/_reset`, { method: "POST" }),
      stop: () => child.stdin.end(),
    };
  }
  throw new Error(`${script} did not start`);
}

function highWaterMark(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Wall time in s with the start of Node, peak of resident memory in MiB. */
function measured(args, options = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(node, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let rss = 0;
    let output = "";
    const timer = setInterval(() => (rss = Math.max(rss, highWaterMark(child.pid))), 10);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(timer);
      if (flags.verbose) process.stderr.write(output);
      resolve({ seconds: (performance.now() - started) / 1000, rss, code, output });
    });
  });
}

function workflowFile(dir, source, sink) {
  const file = join(dir, "airflow.yaml");
  const workflow = {
    source: {
      type: "airflow",
      serviceName: "bench",
      serviceConnection: {
        config: {
          type: "Airflow",
          hostPort: source.url,
          numberOfStatus: Number(flags.runs),
          connection: { type: "RestAPI", authConfig: { username: "bench", password: "bench-password" } },
        },
      },
      sourceConfig: { config: { type: "PipelineMetadata" } },
    },
    sink: { type: "metadata-rest", config: {} },
    workflowConfig: {
      loggerLevel: "ERROR",
      openMetadataServerConfig: {
        hostPort: `${sink.url}/api`,
        authProvider: "openmetadata",
        securityConfig: { jwtToken: "bench.token.only" },
      },
    },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(workflow, undefined, 2));
  return file;
}

async function side(name, source, sink, run) {
  await Promise.all([source.reset(), sink.reset()]);
  return counted(name, source, sink, run);
}

async function counted(name, source, sink, run) {
  const before = [await source.counts(), await sink.counts()];
  const result = await run();
  const after = [await source.counts(), await sink.counts()];
  const requests = after.map((counts, at) =>
    Object.fromEntries(
      Object.entries(counts)
        .map(([kind, count]) => [kind, count - (before[at][kind] ?? 0)])
        .filter(([, count]) => count > 0),
    ),
  );
  const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
  const [fromSource, toSink] = requests.map(sum);
  const note =
    result.code === 0 ? "" : `  exit code ${result.code}: ${result.output.trim().split("\n").slice(-3).join(" | ")}`;
  process.stdout.write(
    `${name.padEnd(16)} ${result.seconds.toFixed(2).padStart(7)} s  ${result.rss.toFixed(0).padStart(5)} MiB  ${String(fromSource).padStart(6)} + ${toSink} requests${note}\n`,
  );
  return { ...result, requests };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function rounds(source, sink, dir) {
  const file = workflowFile(dir, source, sink);
  const results = { floor: [], product: [], again: [] };
  for (let round = 1; round <= Number(flags.rounds); round += 1) {
    const floor = () => measured([join(here, "floor.mjs"), "--source", source.url, "--sink", sink.url]);
    results.floor.push(await side("floor", source, sink, floor));
    if (flags["floor-only"]) continue;
    const home = join(dir, `home-${round}`);
    const product = () =>
      measured([join(root, "packages/cli/bin/run.js"), "ingest", "-c", file, "--no-progress", "--omd-home", home], {
        cwd: dir,
      });
    results.product.push(await side("product", source, sink, product));
    if (flags.again) results.again.push(await counted("product, again", source, sink, product));
  }
  return results;
}

function summary(results) {
  const lines = ["", "medians:"];
  const floor = median(results.floor.map(({ seconds }) => seconds));
  for (const [name, list] of Object.entries(results)) {
    if (list.length === 0) continue;
    const seconds = median(list.map((one) => one.seconds));
    lines.push(
      `${name.padEnd(16)} ${seconds.toFixed(2).padStart(7)} s  ${median(list.map((one) => one.rss)).toFixed(0)} MiB  ratio ${(seconds / floor).toFixed(2)}`,
    );
  }
  for (const [name, list] of Object.entries(results)) {
    if (list.length === 0) continue;
    lines.push("", `requests of one run (${name}):`);
    for (const [target, counts] of [
      ["Airflow", list.at(-1).requests[0]],
      ["OpenMetadata", list.at(-1).requests[1]],
    ])
      for (const [kind, count] of Object.entries(counts))
        lines.push(`  ${target.padEnd(12)} ${String(count).padStart(6)}  ${kind}`);
  }
  return `${lines.join("\n")}\n`;
}

const dir = mkdtempSync(join(tmpdir(), "omd-bench-"));
const shape = ["dags", "tasks", "runs", "latency"].flatMap((name) => [`--${name}`, flags[name]]);
const source = await standIn("airflow-standin.mjs", shape);
const sink = await standIn("openmetadata-sink.mjs", ["--latency", flags.latency]);
process.stdout.write(`${flags.dags} DAGs x ${flags.tasks} tasks x ${flags.runs} runs, latency ${flags.latency} ms\n`);
try {
  process.stdout.write(summary(await rounds(source, sink, dir)));
} finally {
  source.stop();
  sink.stop();
  rmSync(dir, { recursive: true, force: true });
}
