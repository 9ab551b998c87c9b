import type { CreateTestCaseResult } from "@omd/schema";
import { parseTime, type DatedResult } from "../artifacts/newest-results.ts";
import type { FreshnessLimit, FreshnessResult } from "../artifacts/shapes.ts";
import type { DbtOptions } from "../config.ts";

/** Status in the catalog of what warns. */
export type WarningsAs = DbtOptions["dbtWarningsAs"];

type Status = CreateTestCaseResult["testCaseStatus"];

/** Longest text of a result, in characters: databases put whole statements into their errors. */
const maxText = 10_000;

const statuses: Readonly<Record<string, Status | "warn" | "none">> = {
  pass: "Success",
  success: "Success",
  fail: "Failed",
  error: "Failed",
  "runtime error": "Failed",
  warn: "warn",
  skipped: "none",
  "no-op": "none",
};

/** `none` for what did not run; undefined for a status that dbt has not had so far. */
export function statusOf(status: string, warningsAs: WarningsAs): Status | "none" | undefined {
  const found = statuses[status.toLowerCase()];
  return found === "warn" ? warningsAs : found;
}

/** What a result lacks to be one in the catalog. */
export type Lack = "status" | "time";

/** A result of a data test or unit test; undefined when it did not run. `countsRows`: what dbt counts as failures are rows. */
export function resultOf(
  { result, atMs }: DatedResult,
  countsRows: boolean,
  warningsAs: WarningsAs,
): CreateTestCaseResult | Lack | undefined {
  const testCaseStatus = statusOf(result.status, warningsAs);
  if (testCaseStatus === undefined) return "status";
  if (testCaseStatus === "none") return undefined;
  if (atMs === undefined) return "time";
  const { status, message, failures } = result;
  const counted = failures === undefined ? "" : ` (failures: ${failures})`;
  return {
    timestamp: atMs,
    testCaseStatus,
    result: cut(`${status}${message === undefined ? "" : `: ${message}`}`, counted),
    testResultValue: failures === undefined ? [] : [{ name: "failures", value: String(failures) }],
    ...(countsRows && failures !== undefined && Number.isSafeInteger(failures) && { failedRows: failures }),
  };
}

/** How old the data of a source was found to be. */
export function freshnessResultOf(
  freshness: FreshnessResult,
  warningsAs: WarningsAs,
): CreateTestCaseResult | Lack | undefined {
  const testCaseStatus = statusOf(freshness.status, warningsAs);
  if (testCaseStatus === undefined) return "status";
  if (testCaseStatus === "none") return undefined;
  const timestamp = parseTime(freshness.snapshottedAt) ?? parseTime(freshness.completedAt);
  if (timestamp === undefined) return "time";
  const { ageSeconds } = freshness;
  return {
    timestamp,
    testCaseStatus,
    result: cut(`${freshness.status}: ${foundAge(freshness)}`, limits(freshness)),
    testResultValue: ageSeconds === undefined ? [] : [{ name: "ageSeconds", value: String(ageSeconds) }],
  };
}

function foundAge({ error, maxLoadedAt, ageSeconds }: FreshnessResult): string {
  if (error !== undefined) return error;
  const loaded = maxLoadedAt === undefined ? "no time of loading was found" : `last loaded at ${maxLoadedAt}`;
  return ageSeconds === undefined ? loaded : `${loaded}, ${ageText(ageSeconds)} before`;
}

function limits({ warnAfter, errorAfter }: FreshnessResult): string {
  const said = [
    ...(warnAfter ? [`warns after ${limitText(warnAfter)}`] : []),
    ...(errorAfter ? [`fails after ${limitText(errorAfter)}`] : []),
  ];
  return said.length === 0 ? "" : ` (${said.join(", ")})`;
}

/** `12 hour`. */
export function limitText({ count, period }: FreshnessLimit): string {
  return `${count} ${period}`;
}

/** `933 d 2 h`, `4 h 5 min`, `12 s`: the two largest units. */
function ageText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const units = [
    ["d", Math.floor(whole / 86_400)],
    ["h", Math.floor(whole / 3600) % 24],
    ["min", Math.floor(whole / 60) % 60],
    ["s", whole % 60],
  ] as const;
  const first = units.findIndex(([, count]) => count > 0);
  const shown = first < 0 ? units.slice(3) : units.slice(first, first + 2).filter(([, count]) => count > 0);
  return shown.map(([unit, count]) => `${count} ${unit}`).join(" ");
}

function cut(text: string, end: string): string {
  return text.length <= maxText ? `${text}${end}` : `${text.slice(0, maxText)}…${end}`;
}
