import { Flags } from "@oclif/core";
import { jsonFlag, OmdCommand } from "../omd-command.ts";
import { openWorkflow } from "../open-workflow.ts";
import { writeJsonFile } from "../report-file.ts";
import { styleOf } from "../terminal.ts";
import { workflowFlags } from "../workflow-flags.ts";

export default class Ingest extends OmdCommand {
  static override summary = "read a source and write it into the catalog";
  static override description =
    "Exit codes: 0 complete, 1 failed, 2 bad configuration or usage, 3 incomplete: something could not be read or written, or deletes were refused.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> -c airflow.yaml",
    "<%= config.bin %> <%= command.id %> -c airflow.yaml --only airflow.etl_orders",
    "<%= config.bin %> <%= command.id %> -c airflow.yaml --report report.json --allow-partial",
  ];
  static override flags = {
    ...workflowFlags,
    json: jsonFlag,
    report: Flags.file({
      description: "write the report to this file (JSON; see: omd report schema)",
      helpValue: "FILE",
    }),
    "allow-partial": Flags.boolean({ description: "exit 0 instead of 3 when the run is incomplete" }),
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(Ingest);
    const allowPartial = flags["allow-partial"] || undefined;
    const { workflow, end } = await openWorkflow({ flags, packageFolders: this.packageFolders, allowPartial });
    try {
      await workflow.execute();
    } finally {
      end();
    }
    const { report } = workflow;
    if (flags.report !== undefined) await writeJsonFile(flags.report, report);
    const { renderReport } = await import("@omd/core");
    const stream = flags.json ? process.stderr : process.stdout;
    stream.write(`${renderReport(report, { ...styleOf(stream), allFailures: flags.debug })}\n`);
    if (flags.json) this.printJson(report);
    return report.exitCode;
  }
}
