/**
 * Makes conformance recordings: what the Python client of OpenMetadata and a server say to each other, without tokens and secrets.
 *
 *   npx node systems/record-python-client.ts DIR [URL]
 *
 * DIR gets one file for each run of a workflow, in their order. URL is any server that the client may write to, for instance that of
 * `omd serve` on an empty catalog (default http://127.0.0.1:8585). See systems/README.md.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PythonClient } from "./python-client.ts";
import { recordStep, stepNames } from "./recorded-runs.ts";
import { startRecordingProxy } from "./recording-proxy.ts";

const [dir, url = "http://127.0.0.1:8585"] = process.argv.slice(2);
if (dir === undefined) {
  process.stderr.write("Usage: npx node systems/record-python-client.ts DIR [URL]\n");
  process.exit(2);
}
const venv = execFileSync("bash", [join(import.meta.dirname, "python-client.sh")], { encoding: "utf8" }).trim();
const place = mkdtempSync(join(tmpdir(), "omd-record-"));
mkdirSync(dir, { recursive: true });
const proxy = await startRecordingProxy(new URL(url).origin, new Map([[place, "/place"]]));
try {
  const client = new PythonClient(venv, place, proxy.hostPort);
  for (const name of stepNames) {
    const { code, output } = await recordStep(client, proxy, dir, name);
    process.stdout.write(`${name}: exit ${String(code)}\n`);
    if (code !== 0) {
      process.stderr.write(output);
      process.exitCode = 1;
    }
  }
} finally {
  await proxy.close();
  rmSync(place, { recursive: true });
}
