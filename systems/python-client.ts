import { execFileSync, spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";

const own = join(import.meta.dirname, "python-client");

/** The workflows in `systems/python-client/`, in the order of what one needs from another, and the client's command for each. */
export const workflows = {
  metadata: "ingest",
  lineage: "ingest",
  pipeline: "ingest",
  dbt: "ingest",
  "query-lineage": "lineage",
  usage: "usage",
  profiler: "profile",
  tests: "test",
} as const;
export type WorkflowName = keyof typeof workflows;

/** A token as the client wants to see one: it reads the subject of it. */
export const clientToken = [{ alg: "none" }, { sub: "ingestion-bot" }, "canary"]
  .map((part) => Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url"))
  .join(".");

export interface ClientRun {
  /** Undefined: killed. */
  readonly code: number | undefined;
  /** What it printed, errors too. */
  readonly output: string;
  /** Milliseconds. */
  readonly elapsedMs: number;
}

/** The Python client of OpenMetadata, as it was installed, and a small shop for it to read. */
export class PythonClient {
  readonly #venv: string;
  readonly #place: string;
  readonly #hostPort: string;

  /** `venv` is what `python-client.sh` prints, `place` a directory for what the workflows read, `hostPort` ends with `/api`. */
  constructor(venv: string, place: string, hostPort: string) {
    this.#venv = venv;
    this.#place = place;
    this.#hostPort = hostPort;
    copyFileSync(join(own, "bakery_source.py"), join(place, "bakery_source.py"));
    this.#python("dbt_artifacts.py", place);
    this.#python("query_log.py", join(place, "queries.csv"));
    this.makeShop();
  }

  /** Makes the SQLite file anew, without some of its tables. */
  makeShop(without: readonly string[] = []): void {
    this.#python("shop.py", join(this.#place, "shop.db"), ...(without.length > 0 ? ["--without", ...without] : []));
  }

  /** Runs one workflow to its end. Killed after two minutes. */
  async run(workflow: WorkflowName): Promise<ClientRun> {
    const started = performance.now();
    const args = [workflows[workflow], "-c", join(own, `${workflow}.yaml`)];
    const child = spawn(join(this.#venv, "bin", "metadata"), args, {
      cwd: this.#place,
      env: {
        ...process.env,
        OMD_CLIENT_SERVER: this.#hostPort,
        OMD_CLIENT_PLACE: this.#place,
        OMD_CLIENT_TOKEN: clientToken,
        NO_PROXY: "127.0.0.1,localhost",
        PYTHONPATH: this.#place,
        PYTHONWARNINGS: "ignore",
        PYTHONDONTWRITEBYTECODE: "",
      },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
      killSignal: "SIGKILL",
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve(status ?? undefined));
    });
    return { code, output, elapsedMs: performance.now() - started };
  }

  #python(script: string, ...args: readonly string[]): void {
    execFileSync(join(this.#venv, "bin", "python"), [join(own, script), ...args]);
  }
}
