import { jsonFlag, OmdCommand } from "../omd-command.ts";
import { openWorkflow } from "../open-workflow.ts";
import { styleOf } from "../terminal.ts";
import { workflowFlags } from "../workflow-flags.ts";

const { only: _only, limit: _limit, ...checkFlags } = workflowFlags;

export default class Check extends OmdCommand {
  static override summary = "test the connection and the permissions that a source needs";
  static override description =
    "Nothing is read beyond the test and nothing is written. Exit code 1 when a mandatory step failed.";
  static override examples = ["<%= config.bin %> <%= command.id %> -c airflow.yaml"];
  static override flags = { ...checkFlags, json: jsonFlag };

  async run(): Promise<number> {
    const { flags } = await this.parse(Check);
    const { workflow, end } = await openWorkflow({
      flags: { ...flags, only: undefined, limit: undefined },
      packageFolders: this.packageFolders,
    });
    const steps = await workflow.check().finally(end);
    const isFailed = steps.some((step) => step.mandatory && !step.passed);
    if (flags.json) {
      this.printJson({ passed: !isFailed, steps });
      return isFailed ? 1 : 0;
    }
    const { renderTable } = await import("@omd/core");
    const rows = steps.map((step) => [
      step.name,
      step.passed ? "passed" : step.mandatory ? "FAILED" : "failed (optional)",
      step.passed
        ? (step.message ?? step.description)
        : [step.message, step.hint && `→ ${step.hint}`].filter(Boolean).join("\n"),
    ]);
    this.print(
      renderTable(
        [{ title: "Step" }, { title: "Result" }, { title: "Message" }],
        rows,
        styleOf(process.stdout).width,
      ) || "The source has no steps to test.",
    );
    this.tell(
      isFailed ? "A mandatory step failed: a run would end before anything is read (exit code 1)." : "A run can start.",
    );
    return isFailed ? 1 : 0;
  }
}
