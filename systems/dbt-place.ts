import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env, Workplace, type OmdResult } from "./omd.ts";

export interface DbtRun {
  /** `1.8` */
  readonly version: string;
  readonly target: "duckdb" | "postgres";
}

const further = (process.env["OMD_DBT_VERSIONS"] ?? "").split(" ").filter((version) => version !== "");

/** What `systems/dbt.sh` made: each is a real dbt's run of `systems/dbt/market`. */
export const dbtRuns: readonly DbtRun[] = [
  ...[...new Set(["1.5", "1.8", "1.11", ...further])].map((version) => ({ version, target: "duckdb" }) as const),
  { version: "1.11", target: "postgres" },
];

/** Whether a run is of this version of dbt or of a newer one. */
export function isSince({ version }: DbtRun, first: string): boolean {
  return version.localeCompare(first, "en", { numeric: true }) >= 0;
}

/** A directory that dbt left: `artifacts`, `artifacts-less`, `expected.json`. */
export function dbtDirectory({ version, target }: DbtRun): string {
  return join(env("OMD_DBT_RUNS"), `${version}-${target}`);
}

/** A workflow file for artifacts of dbt, as JSON (which is YAML). */
export function dbtConfig(
  dbtConfigSource: object,
  extra: { options?: object; omd?: object; server?: object; serviceName?: string } = {},
): object {
  return {
    source: {
      type: "dbt",
      serviceName: extra.serviceName ?? "market",
      sourceConfig: { config: { type: "DBT", dbtConfigSource, ...extra.options } },
    },
    sink: { type: "metadata-rest", config: {} },
    workflowConfig: { ...(extra.server && { openMetadataServerConfig: extra.server }) },
    ...(extra.omd && { omd: extra.omd }),
  };
}

/** A workplace with a copy of artifacts in `target/`, which a test may spoil. */
export class DbtPlace extends Workplace {
  readonly target = join(this.dir, "target");

  /** Copies artifacts over what is there; `from` is a directory that dbt left. */
  lay(from: string): void {
    mkdirSync(this.target, { recursive: true });
    cpSync(from, this.target, { recursive: true });
  }

  artifact(name: string): Buffer {
    return readFileSync(join(this.target, name));
  }

  spoil(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.target, name), content);
  }

  /** Writes `dbt.yaml` for the copy. */
  configure(extra: Parameters<typeof dbtConfig>[1] = {}): void {
    this.file("dbt.yaml", dbtConfig({ dbtConfigType: "local", dbtManifestFilePath: this.target }, extra));
  }

  ingest(): Promise<OmdResult> {
    return this.omd(["ingest", "-c", "dbt.yaml"]);
  }
}

/** Everything that a run said to people: screen and report. */
export function told({ stdout, stderr, report }: OmdResult): string {
  return [stdout, stderr, JSON.stringify(report ?? {})].join("\n");
}
