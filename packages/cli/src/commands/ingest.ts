import { OmdCommand } from "../omd-command.ts";
import { openWorkflow } from "../open-workflow.ts";
import { exitCodes, ingestFlags, runIngest } from "../run-ingest.ts";
import { workflowFlags } from "../workflow-flags.ts";

export default class Ingest extends OmdCommand {
  static override summary = "read a source and write it into the catalog";
  static override description = exitCodes;
  static override examples = [
    "<%= config.bin %> <%= command.id %> -c airflow.yaml",
    "<%= config.bin %> <%= command.id %> -c airflow.yaml --only airflow.etl_orders",
    "<%= config.bin %> <%= command.id %> -c airflow.yaml --report report.json --allow-partial",
  ];
  static override flags = { ...workflowFlags, ...ingestFlags };

  async run(): Promise<number> {
    const { flags } = await this.parse(Ingest);
    const allowPartial = flags["allow-partial"] || undefined;
    const opened = await openWorkflow({ flags, packageFolders: this.packageFolders, allowPartial });
    const report = await runIngest(opened, flags);
    if (flags.json) this.printJson(report);
    return report.exitCode;
  }
}
