import { Flags } from "@oclif/core";
import { connectorPathFlag, OmdCommand } from "../../omd-command.ts";
import { usageError } from "../../usage-error.ts";
import { resolve } from "node:path";

export default class ConfigSchema extends OmdCommand {
  static override summary = "print the JSON Schema of a workflow file";
  static override description =
    "Editors use it to complete and check. With --connector: the schema of source.serviceConnection.config of that source type.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> > omd.schema.json",
    "<%= config.bin %> <%= command.id %> --connector airflow",
  ];
  static override flags = {
    connector: Flags.string({ description: "source type", helpValue: "TYPE" }),
    "connector-path": connectorPathFlag,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(ConfigSchema);
    const { createRegistry, workflowConfigJsonSchema } = await import("@omd/core");
    if (flags.connector === undefined) {
      this.printJson(workflowConfigJsonSchema());
      return 0;
    }
    const connectorPaths = (flags["connector-path"] ?? ["."]).map((path) => resolve(path));
    const registry = createRegistry({ searchFrom: this.packageFolders, connectorPaths });
    const { configSchema, manifest } = await registry.resolve({ type: flags.connector, connection: {} });
    if (configSchema === undefined)
      throw usageError(`${manifest?.packageName ?? flags.connector} does not publish a schema of its connection`);
    this.printJson(configSchema);
    return 0;
  }
}
