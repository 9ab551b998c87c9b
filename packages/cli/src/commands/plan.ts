import { jsonFlag, OmdCommand } from "../omd-command.ts";
import { openWorkflow } from "../open-workflow.ts";
import { styleOf } from "../terminal.ts";
import { workflowFlags } from "../workflow-flags.ts";

export default class Plan extends OmdCommand {
  static override summary = "show what a run would change, without changing it";
  static override description =
    "Reads the source and compares it with the catalog, field by field. Exit codes as of ingest: a plan of a source that could not be read completely is not green. Warnings, failures and the reasons for the exit code go to stderr; --json prints them beside the entries, in the shapes of the report.";
  static override examples = ["<%= config.bin %> <%= command.id %> -c airflow.yaml"];
  static override flags = { ...workflowFlags, json: jsonFlag };

  async run(): Promise<number> {
    const { flags } = await this.parse(Plan);
    const { workflow, end } = await openWorkflow({ flags, packageFolders: this.packageFolders });
    const entries = await workflow.plan().finally(end);
    const { report } = workflow;
    const { exitCode, outcome, reasons, failures, failureCount, warnings } = report;
    const [{ planEnding, planText }, { renderProblems }] = await Promise.all([
      import("../plan-text.ts"),
      import("@omd/core"),
    ]);
    if (flags.json) this.printJson({ exitCode, outcome, reasons, entries, failures, failureCount, warnings });
    else this.print(planText(entries, styleOf(process.stdout).width));
    const problems = renderProblems(report, { ...styleOf(process.stderr), allFailures: flags.debug });
    if (problems !== "") this.tell(`\n${problems}\n`);
    const ending = planEnding(report);
    if (ending !== "") this.tell(ending);
    return exitCode;
  }
}
