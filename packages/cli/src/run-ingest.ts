import { writeFile } from "node:fs/promises";
import { Flags } from "@oclif/core";
import type { Report } from "@omd/core";
import { jsonFlag } from "./omd-command.ts";
import type { OpenWorkflow } from "./open-workflow.ts";
import { styleOf } from "./terminal.ts";
import { requireFile } from "./flag-paths.ts";

/** Flags of the commands that run an ingestion to its end. */
export const ingestFlags = {
  json: jsonFlag,
  report: Flags.file({
    description: "write the report to this file (JSON; see: omd report schema)",
    helpValue: "FILE",
  }),
  "allow-partial": Flags.boolean({ description: "exit 0 instead of 3 when the run is incomplete" }),
};

export const exitCodes =
  "Exit codes: 0 complete, 1 failed, 2 bad configuration or usage, 3 incomplete: something could not be read or written, or deletes were refused.";

/** What of {@link ingestFlags} the end of a run needs. */
export interface ReportFlagValues {
  readonly json: boolean;
  readonly report: string | undefined;
  readonly debug: boolean;
}

/** Executes the workflow and shows its report to people: on stderr when stdout is for machines. */
export async function runIngest({ workflow, end }: OpenWorkflow, flags: ReportFlagValues): Promise<Report> {
  let file: string | undefined;
  try {
    if (flags.report !== undefined) file = await requireFile("--report", flags.report);
    await workflow.execute();
  } finally {
    end();
  }
  const { report } = workflow;
  const { renderReport } = await import("@omd/core");
  const stream = flags.json ? process.stderr : process.stdout;
  stream.write(`${renderReport(report, { ...styleOf(stream), allFailures: flags.debug })}\n`);
  if (file !== undefined) await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  return report;
}
