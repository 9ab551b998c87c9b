import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { omd, temporaryDirectory } from "./run-omd.ts";

describe("signals", () => {
  const endless = `import { setTimeout } from "node:timers/promises";
    export class Endless {
      static create(config, context) { return new Endless(context); }
      constructor(context) { this.context = context; }
      async *iter() {
        console.error("reading");
        const deaf = process.env.DEAF === "1";
        for (;;) { await setTimeout(50); if (!deaf && this.context.signal.aborted) return; }
      }
    }`;
  const config =
    "source:\n  type: customPipeline\n  serviceName: endless\n  serviceConnection: { config: { type: CustomPipeline, sourcePythonClass: source.Endless } }\n  sourceConfig: { config: {} }\n";

  function prepared() {
    const home = temporaryDirectory();
    writeFileSync(join(home.path, "source.mjs"), endless);
    writeFileSync(join(home.path, "endless.yaml"), config);
    return home;
  }

  test("the first ends the run in good order", async () => {
    const home = prepared();
    let isSent = false;
    const { code, stdout, stderr } = await omd(["ingest", "-c", "endless.yaml"], {
      cwd: home.path,
      onStderr: (text, kill) => {
        if (isSent || !text.includes("reading")) return;
        isSent = true;
        kill("SIGTERM");
      },
    });
    expect(stderr).toContain("SIGTERM: stopping");
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^Stopped after/);
    expect([1, 3]).toContain(code);
  });

  test("the second ends the process at once with 130", async () => {
    const home = prepared();
    let sent = 0;
    const { code } = await omd(["ingest", "-c", "endless.yaml"], {
      cwd: home.path,
      env: { DEAF: "1" },
      onStderr: (text, kill) => {
        if ((sent === 0 && text.includes("reading")) || (sent === 1 && text.includes("stopping"))) {
          sent += 1;
          kill("SIGINT");
        }
      },
    });
    expect(code).toBe(130);
  });
});
