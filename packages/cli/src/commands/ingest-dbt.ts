import { Flags } from "@oclif/core";
import { dbtProjectWorkflow } from "../dbt-project.ts";
import { OmdCommand } from "../omd-command.ts";
import { openWorkflow } from "../open-workflow.ts";
import { exitCodes, ingestFlags, runIngest } from "../run-ingest.ts";
import { workflowFlags } from "../workflow-flags.ts";

const { config: _, record: _record, replay: _replay, ...sharedFlags } = workflowFlags;

export default class IngestDbt extends OmdCommand {
  static override summary = "read a dbt project by its own dbt_project.yml";
  static override description = `Reads the artifacts in the project's target directory. Where they go is said by variables in dbt_project.yml: openmetadata_host_port, openmetadata_jwt_token, openmetadata_service_name and others; without them they go into the embedded catalog.
${exitCodes}`;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> -c path/to/project --report report.json",
  ];
  static override flags = {
    "dbt-project-path": Flags.directory({
      char: "c",
      default: ".",
      description: "directory of dbt_project.yml",
      helpValue: "DIR",
    }),
    "target-path": Flags.string({
      env: "DBT_TARGET_PATH",
      description: "directory of the artifacts, seen from the project; default: that of dbt_project.yml, else target",
      helpValue: "DIR",
    }),
    ...sharedFlags,
    ...ingestFlags,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(IngestDbt);
    const { "dbt-project-path": directory, "target-path": targetPath } = flags;
    const opened = await openWorkflow({
      flags,
      readConfig: (options) => dbtProjectWorkflow(directory, { ...options, targetPath }),
      packageFolders: this.packageFolders,
      allowPartial: flags["allow-partial"] || undefined,
    });
    const report = await runIngest(opened, flags);
    if (flags.json) this.printJson(report);
    return report.exitCode;
  }
}
