import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { Workplace } from "./omd.ts";

const root = join(import.meta.dirname, "..");

/** Runs a command on a terminal of its own and presses Ctrl-C when it says `until`; answers its exit code and what it printed. */
function onTerminal(command: string, until: string, env: Record<string, string>): Promise<[number | null, string]> {
  return new Promise((resolve, reject) => {
    const child = spawn("script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: "", ...env },
    });
    let text = "";
    let pressed = false;
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (pressed || !text.includes(until)) return;
      pressed = true;
      child.stdin.write("\u0003");
    });
    child.once("error", reject);
    child.once("close", (code) => resolve([code, text]));
  });
}

test("npm start serves the page on a terminal, and ends well at Ctrl-C", async () => {
  const place = new Workplace();
  const [code, text] = await onTerminal("npm start -- --port 0", "Ctrl-C stops it.", { OMD_HOME: place.home });
  expect(text).toMatch(/is served at http:\/\/127\.0\.0\.1:\d+/);
  expect(text).toMatch(/To begin with: +http:\/\/127\.0\.0\.1:\d+\/lineage\/table\/warehouse\.bakery\.public\.loaves/);
  expect(text).toContain("Stopped. Everything that was answered is in the catalog.");
  expect(code).toBe(0);
}, 300_000);
