import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Report } from "@omd/core";
import { usageError } from "./usage-error.ts";

/** The report of the last run. Throws a usage error when there is none or it was not written by omd. */
export async function readLastReport(omdHome: string): Promise<Report> {
  const { reportSchema } = await import("@omd/core");
  const file = join(resolve(omdHome), "last-report.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw usageError(
      `there is no report of a run in ${resolve(omdHome)}\n  Run omd ingest, or name another directory with --omd-home.`,
    );
  }
  try {
    return reportSchema.parse(JSON.parse(text));
  } catch {
    throw usageError(`${file} is not a report of this version of omd\n  Run omd ingest again.`);
  }
}
