import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportSchema, type Report } from "@omd/core";
import { z } from "zod";

const bin = join(import.meta.dirname, "..", "packages", "cli", "bin", "run.js");

/** A variable that `npm run test:systems` sets. */
export function env(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run npm run test:systems`);
  return value;
}

export interface OmdResult {
  /** Undefined: killed. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly elapsedMs: number;
  readonly report: Report | undefined;
}

/** A directory of its own for one test's catalog, state and files. */
export class Workplace {
  readonly dir = mkdtempSync(join(tmpdir(), "omd-system-"));
  readonly home = join(this.dir, "home");
  #runs = 0;

  file(name: string, content: unknown): string {
    const path = join(this.dir, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  /** Runs the built command line, as a user does. `killAfterMs` ends it with SIGKILL. */
  async omd(
    args: readonly string[],
    options: { killAfterMs?: number; env?: Record<string, string> } = {},
  ): Promise<OmdResult> {
    const reportFile = join(this.dir, `report-${++this.#runs}.json`);
    const isRun = args[0] === "ingest";
    const started = performance.now();
    const child = spawn(process.execPath, [bin, ...args, ...(isRun ? ["--report", reportFile] : [])], {
      cwd: this.dir,
      env: { ...process.env, OMD_HOME: this.home, NODE_OPTIONS: "", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    const timer =
      options.killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.killAfterMs);
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve(status ?? undefined));
    });
    clearTimeout(timer);
    return {
      code,
      ...output,
      elapsedMs: performance.now() - started,
      report: existsSync(reportFile) ? readReport(reportFile) : undefined,
    };
  }

  /** One line per entity, edge and run, without ids and times. */
  async exportCatalog(): Promise<string> {
    const { code, stdout, stderr } = await this.omd(["catalog", "export"]);
    if (code !== 0) throw new Error(`catalog export ended with ${String(code)}: ${stderr}`);
    return stdout;
  }

  /** An entity of the catalog as `omd catalog get` answers it. */
  async entity(type: string, fqn: string): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await this.omd(["catalog", "get", fqn, "--type", type, "--json"]);
    if (code !== 0) throw new Error(`catalog get ${fqn} ended with ${String(code)}: ${stderr}`);
    return JSON.parse(stdout) as Record<string, unknown>;
  }
}

function readReport(file: string): Report {
  return reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** The lines that only one of two exports has, a few of them: a whole export is too much to read. */
export function difference(one: string, other: string): { onlyInOne: string[]; onlyInOther: string[] } {
  const lines = (text: string): Set<string> => new Set(text.split("\n"));
  const only = (these: Set<string>, those: Set<string>): string[] => [...these.difference(those)].slice(0, 5);
  return { onlyInOne: only(lines(one), lines(other)), onlyInOther: only(lines(other), lines(one)) };
}

/** No difference. */
export const same = { onlyInOne: [], onlyInOther: [] };

/** A workflow file for an Airflow, as JSON (which is YAML). */
export function airflowConfig(
  hostPort: string,
  extra: { options?: object; connection?: object; omd?: object; server?: object } = {},
): object {
  return {
    source: {
      type: "airflow",
      serviceName: "af",
      serviceConnection: {
        config: {
          type: "Airflow",
          hostPort,
          connection: {
            type: "RestAPI",
            authConfig: { username: env("OMD_AIRFLOW_USER"), password: env("OMD_AIRFLOW_PASSWORD") },
          },
          ...extra.connection,
        },
      },
      sourceConfig: { config: { type: "PipelineMetadata", ...extra.options } },
    },
    sink: { type: "metadata-rest", config: {} },
    workflowConfig: { ...(extra.server && { openMetadataServerConfig: extra.server }) },
    ...(extra.omd && { omd: extra.omd }),
  };
}

const instance = z.object({ task_id: z.string(), map_index: z.number(), state: z.string().nullable() });
const run = z.object({ run_id: z.string(), state: z.string(), run_type: z.string(), taskInstances: z.array(instance) });
const task = z.object({
  operator: z.string(),
  owner: z.string(),
  downstream: z.array(z.string()),
  mapped: z.boolean(),
});
const dag = z.object({
  displayName: z.string(),
  paused: z.boolean(),
  description: z.string().nullable(),
  owners: z.array(z.string()),
  tags: z.array(z.string()),
  schedule: z.unknown(),
  timetable: z.string().nullable(),
  tasks: z.record(z.string(), task),
  runs: z.array(run),
});
const factsSchema = z.object({
  version: z.string(),
  counts: z.object({ dags: z.number(), tasks: z.number(), runs: z.number(), importErrors: z.number() }),
  importErrors: z.array(z.string()),
  assets: z.array(
    z.object({ uri: z.string(), producingTasks: z.array(z.string()), consumingDags: z.array(z.string()) }),
  ),
  dags: z.record(z.string(), dag),
});
/** What an Airflow's own database says of its content. */
export type Facts = z.infer<typeof factsSchema>;

export function readFacts(prefix: string): Facts {
  return factsSchema.parse(JSON.parse(readFileSync(env(`${prefix}_FACTS`), "utf8")));
}

export interface Airflow {
  readonly name: string;
  /** Of its variables. */
  readonly prefix: string;
  /** Requests of a second run, as a share of the first one's. */
  readonly secondRunShare: number;
}

export const airflow2: Airflow = { name: "Airflow 2", prefix: "OMD_AIRFLOW2", secondRunShare: 0.25 };
export const airflow3: Airflow = { name: "Airflow 3", prefix: "OMD_AIRFLOW3", secondRunShare: 0.1 };
export const airflows: readonly Airflow[] = [airflow2, airflow3];
