import { jsonFlag, OmdCommand } from "../omd-command.ts";
import { openWorkflow } from "../open-workflow.ts";
import { styleOf } from "../terminal.ts";
import { workflowFlags } from "../workflow-flags.ts";

export default class Plan extends OmdCommand {
  static override summary = "show what a run would change, without changing it";
  static override description =
    "Reads the source and compares it with the catalog, field by field. Exit codes as of ingest: a plan of a source that could not be read completely is not green.";
  static override examples = ["<%= config.bin %> <%= command.id %> -c airflow.yaml"];
  static override flags = { ...workflowFlags, json: jsonFlag };

  async run(): Promise<number> {
    const { flags } = await this.parse(Plan);
    const { workflow, end } = await openWorkflow({ flags, packageFolders: this.packageFolders });
    const entries = await workflow.plan().finally(end);
    const { report } = workflow;
    if (flags.json)
      this.printJson({ exitCode: report.exitCode, outcome: report.outcome, reasons: report.reasons, entries });
    else {
      const { planText } = await import("../plan-text.ts");
      this.print(planText(entries, styleOf(process.stdout).width));
    }
    if (report.exitCode !== 0) {
      this.tell(
        `The plan is not the whole truth, for the source was not read completely (exit code ${report.exitCode}):`,
      );
      for (const reason of report.reasons) this.tell(`- ${reason}`);
    }
    return report.exitCode;
  }
}
