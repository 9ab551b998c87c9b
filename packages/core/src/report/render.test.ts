import { describe, expect, test } from "@jest/globals";
import { displayWidth } from "./render-width.ts";
import { renderReport } from "./render.ts";
import { reportSchema, type Report } from "./report.ts";

function report(changes: Partial<Report> = {}): Report {
  return reportSchema.parse({
    schemaVersion: 1,
    omdVersion: "1.2.3",
    workflow: "metadata",
    runId: "run-1",
    sourceType: "airflow",
    serviceName: "af",
    startedAt: 1_000_000,
    endedAt: 1_065_000,
    outcome: "complete",
    exitCode: 0,
    reasons: [],
    successPercent: 100,
    catalog: { kind: "embedded", identity: "embedded:1", version: "1" },
    steps: [
      {
        name: "Airflow",
        records: 30,
        updated: 0,
        unchanged: 0,
        warnings: 2,
        filtered: 4,
        errors: 0,
        successPercent: 100,
        busyMs: 5,
      },
      {
        name: "OpenMetadata",
        records: 30,
        updated: 3,
        unchanged: 20,
        warnings: 0,
        filtered: 0,
        errors: 1,
        successPercent: 96.77,
        busyMs: 9,
      },
    ],
    writes: { created: 7, updated: 3, unchanged: 20, restored: 1, deleted: 2 },
    scopes: [{ name: "airflow/dags", state: "complete", reasons: [], announced: 12, received: 12, seen: 12 }],
    failures: [],
    failureCount: 0,
    warnings: [],
    filtered: [],
    unresolved: [],
    unresolvedCount: 0,
    deletes: { done: [], refused: [] },
    http: {},
    times: [],
    peakRssBytes: 2 ** 27,
    ...changes,
  });
}

function failures(count: number): Report["failures"] {
  return Array.from({ length: count }, (_, at) => ({
    from: "Airflow",
    name: `dag_${at}`,
    error: `broken ${at}`,
    stackTrace: `Error: broken ${at}\n    at parse (file.ts:${at})`,
  }));
}

describe("the summary", () => {
  test("shows each step's counts under their titles", () => {
    const lines = renderReport(report()).split("\n");
    expect(lines[0]).toBe("omd 1.2.3 · metadata of airflow · service af · embedded catalog 1 (embedded:1) · run run-1");
    const title = lines.find((line) => line.startsWith("Step "));
    expect(title?.split(/ {2,}/)).toEqual([
      "Step",
      "Processed records",
      "Updated records",
      "Unchanged",
      "Filtered",
      "Warnings",
      "Errors",
      "Success %",
      "Time",
    ]);
    expect(lines.find((line) => line.startsWith("Airflow "))?.split(/ +/)).toEqual([
      "Airflow",
      "30",
      "0",
      "0",
      "4",
      "2",
      "0",
      "100",
      "5",
      "ms",
    ]);
    expect(lines.find((line) => line.startsWith("OpenMetadata "))?.split(/ +/)).toEqual([
      "OpenMetadata",
      "30",
      "3",
      "20",
      "0",
      "0",
      "1",
      "96.77",
      "9",
      "ms",
    ]);
    expect(lines).toContain("Catalog: 7 created, 3 updated, 1 restored, 2 deleted, 20 unchanged");
  });

  test("has no heading for what did not happen", () => {
    const text = renderReport(report());
    for (const title of [
      "Warnings:",
      "Failures",
      "Lineage not resolved",
      "Marked deleted",
      "refused",
      "HTTP",
      "Execution times",
    ])
      expect(text).not.toMatch(new RegExp(`^${title}`, "m"));
  });

  test.each([
    ["complete", 0, /^Complete in 1m 05s: everything asked for is read and written \(exit code 0: complete\)\.$/],
    ["incomplete", 3, /^Incomplete after 1m 05s: .*\(exit code 3: incomplete\)\.$/],
    ["incomplete", 0, /^Incomplete after 1m 05s, which was allowed \(exit code 0\)\.$/],
    ["failed", 1, /^Failed after 1m 05s, .*\(exit code 1: failed\)\.$/],
    ["stopped", 3, /^Stopped after 1m 05s: .* nothing was deleted \(exit code 3: incomplete\)\.$/],
  ] as const)("the last line says %s with exit code %d", (outcome, exitCode, last) => {
    const text = renderReport(report({ outcome, exitCode, reasons: ["airflow/dags is partial"] }), { width: 200 });
    expect(text.split("\n").at(-1)).toMatch(last);
    expect(text).toContain("- airflow/dags is partial\n");
  });
});

test("a complete run does not pass over lineage that is not resolved", () => {
  expect(
    renderReport(report({ unresolvedCount: 5 }))
      .split("\n")
      .at(-1),
  ).toContain("read and written, but 5 lineage edges not resolved (exit code 0");
});

describe("what went wrong", () => {
  test("failures stand in a table with the first ten, and how to see the rest", () => {
    const text = renderReport(report({ failures: failures(25), failureCount: 1200 }));
    expect(text).toMatch(/From +Entity Name +Message +Stack Trace/);
    expect(text).toContain("Failures: the first 10 of 1,200");
    expect(text).toMatch(/Airflow +dag_9 +broken 9 +at parse \(file\.ts:9\)/);
    expect(text).not.toContain("dag_10");
    expect(text).toContain("--debug, or with --json");
  });

  test("of a stack the nearest calls are shown, whole stacks when asked", () => {
    const stackTrace =
      "Error: boom\n    at one (a.ts:1)\n    at node:internal/process/task_queues:1\n    at two (a.ts:2)\n    at three (a.ts:3)\n    at four (a.ts:4)";
    const failed = report({ failures: [{ from: "Airflow", name: "dag", error: "boom", stackTrace }], failureCount: 1 });
    const text = renderReport(failed);
    expect(text).toContain("at three (a.ts:3)");
    expect(text).not.toMatch(/four|node:internal/);
    expect(renderReport(failed, { allFailures: true })).toMatch(/node:internal[^]*at four \(a\.ts:4\)/);
  });

  test("all of them when asked", () => {
    const text = renderReport(report({ failures: failures(25), failureCount: 25 }), { allFailures: true });
    expect(text).toContain("Failures: 25");
    expect(text).toContain("dag_24");
    expect(text).not.toContain("--report FILE");
  });

  test("scopes that are not complete come first, with their reason", () => {
    const complete = Array.from({ length: 30 }, (_, at) => ({
      name: `airflow/runs/${at}`,
      state: "complete" as const,
      reasons: [],
      received: 1,
      seen: 0,
    }));
    const broken = {
      name: "airflow/tasks",
      state: "partial" as const,
      reasons: ["announced 12, received 10", "403 on dag_7"],
      announced: 12,
      received: 10,
      seen: 10,
    };
    const text = renderReport(report({ scopes: [...complete, broken] }), { width: 140 });
    expect(text).toContain("What was read: 1 of 31 scopes not complete");
    expect(text).toMatch(/airflow\/tasks +partial +10 +12 +announced 12, received 10; 403 on dag_7/);
    expect(text.indexOf("airflow/tasks")).toBeLessThan(text.indexOf("airflow/runs/0"));
    expect(text).toContain("… and 11 more, all complete");
  });

  test("deletes are named, refused ones with the reason", () => {
    const text = renderReport(
      report({
        deletes: {
          done: ["af.old"],
          refused: [{ scope: "airflow/dags", reason: "11 of 12 would go", entities: ["af.a", "af.b"] }],
        },
      }),
    );
    expect(text).toContain("Marked deleted: 1\n  af.old");
    expect(text).toContain("airflow/dags: 11 of 12 would go (2 entities)\n  af.a\n  af.b");
  });

  test("unresolved edges are grouped by reason, the most frequent first", () => {
    const edge = (to: string, reason: string) => ({ from: "s3://in", to, reason, nearest: [] });
    const text = renderReport(
      report({
        unresolved: [edge("a", "no service"), edge("b", "no table"), edge("c", "no table")],
        unresolvedCount: 2000,
      }),
    );
    expect(text).toContain("Lineage not resolved: 2,000 edges");
    expect(text).toMatch(/no table +2 +s3:\/\/in → b/);
    expect(text.indexOf("no table")).toBeLessThan(text.indexOf("no service"));
    expect(text).toContain("omd lineage explain");
  });

  test("warnings of one reason are one row", () => {
    const warnings = [
      { from: "Airflow", name: "dag_1", reason: "no owner", count: 2 },
      { from: "Airflow", name: "dag_2", reason: "no owner", count: 1 },
      { from: "OpenMetadata", name: "dag_1", reason: "no owner", count: 1 },
    ];
    const text = renderReport(report({ warnings }));
    expect(text).toMatch(/Airflow +dag_1 and 1 more +no owner +3/);
    expect(text).toMatch(/OpenMetadata +dag_1 +no owner +1/);
  });
});

describe("figures", () => {
  test("of HTTP and time", () => {
    const http = {
      airflow: {
        calls: 40,
        retries: 3,
        waitedMs: 2500,
        bytesIn: 1536,
        busyMs: 9000,
        byStatus: { "200": 38, "429": 2 },
      },
    };
    const times = [{ context: "Sink entity", calls: 4, totalMs: 6000, minMs: 500, maxMs: 3000 }];
    const text = renderReport(report({ http, times }));
    expect(text).toMatch(/airflow +40 +9\.0 s +3 +2\.5 s +1\.5 KiB +200: 38, 429: 2/);
    expect(text).toMatch(/Sink entity +6\.0 s +4 +1\.5 s +500 ms +3\.0 s/);
    expect(text).toContain("Most memory: 128 MiB");
  });
});

describe("layout", () => {
  const full = report({
    failures: failures(12),
    failureCount: 12,
    outcome: "failed",
    exitCode: 1,
    reasons: [`a reason ${"that goes on and on ".repeat(20)}`],
    deletes: { done: [`${"very.".repeat(60)}long`], refused: [] },
    scopes: [
      {
        name: `airflow/${"x".repeat(100)}`,
        state: "failed",
        reasons: ["接続できません ".repeat(20)],
        received: 0,
        seen: 0,
      },
    ],
  });

  test.each([60, 80, 120])("fits %d columns", (width) => {
    const widest = Math.max(...renderReport(full, { width }).split("\n").map(displayWidth));
    expect(widest).toBeLessThanOrEqual(width);
  });

  test("has colours only when asked, and the same text with them", () => {
    const plain = renderReport(full);
    const painted = renderReport(full, { colour: true });
    expect(plain).not.toContain("\u001b");
    expect(painted).toContain("\u001b[31m");
    // oxlint-disable-next-line no-control-regex -- colours are what is looked for
    expect(painted.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain);
  });

  test("a name with control characters cannot move the cursor", () => {
    expect(renderReport(report({ deletes: { done: ["a\u001b[2Jb"], refused: [] } }))).not.toContain("\u001b");
  });
});
