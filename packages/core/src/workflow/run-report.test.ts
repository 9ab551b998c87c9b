import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Report } from "../report/report.ts";
import { keepReport } from "./run-report.ts";

const report = (runId: string) => ({ runId, startedAt: Date.UTC(2026, 0, 2) }) as Report;

test("a report is kept twice, and nothing else is left beside it", () => {
  const home = mkdtempSync(join(tmpdir(), "omd-kept-"));
  expect(keepReport(home, report("r1"))).toBeUndefined();
  expect(readdirSync(home).sort()).toEqual(["last-report.json", "runs"]);
  expect(readdirSync(join(home, "runs"))).toEqual(["2026-01-02T00-00-00.000Z-r1.json"]);
});

test("one that cannot be kept says so and does not throw; what was there stays whole", () => {
  const home = mkdtempSync(join(tmpdir(), "omd-kept-"));
  keepReport(home, report("r1"));
  rmSync(join(home, "runs"), { recursive: true });
  writeFileSync(join(home, "runs"), "a file");
  const unkept = keepReport(home, report("r2"));
  expect(unkept?.message).toMatch(/runs/);
  expect(JSON.parse(readFileSync(join(home, "last-report.json"), "utf8"))).toMatchObject({
    runId: expect.stringMatching(/^r[12]$/),
  });
  expect(readdirSync(home).sort()).toEqual(["last-report.json", "runs"]);
});
