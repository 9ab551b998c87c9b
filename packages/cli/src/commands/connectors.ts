import { resolve } from "node:path";
import { connectorPathFlag, jsonFlag, OmdCommand } from "../omd-command.ts";
import { styleOf } from "../terminal.ts";

export default class Connectors extends OmdCommand {
  static override summary = "list the installed connectors";
  static override description =
    "They are found by the omd manifest in their package.json: beside this program, in the project's node_modules, and among the plugins that were installed with omd plugins install.";
  static override flags = { "connector-path": connectorPathFlag, json: jsonFlag };

  async run(): Promise<number> {
    const { flags } = await this.parse(Connectors);
    const { createRegistry, renderTable } = await import("@omd/core");
    const connectorPaths = (flags["connector-path"] ?? ["."]).map((path) => resolve(path));
    const registry = createRegistry({ searchFrom: this.packageFolders, connectorPaths });
    const connectors = (await registry.list()).flatMap((manifest) =>
      manifest.sources.map((source) => ({
        type: source.type,
        serviceType: source.serviceType,
        workflows: source.workflows,
        package: manifest.packageName,
        version: manifest.version ?? null,
        path: manifest.directory,
      })),
    );
    const problems = (await registry.problems()).map((problem) => ({
      code: problem.code,
      message: problem.message,
      hint: problem.hint ?? null,
    }));
    if (flags.json) {
      this.printJson({ connectors, problems });
      return 0;
    }
    const columns = ["Type", "Package", "Version", "Workflows", "Path"].map((title) => ({ title }));
    const rows = connectors.map((found) => [
      found.type,
      found.package,
      found.version ?? "",
      found.workflows.join(", "),
      found.path,
    ]);
    this.print(
      renderTable(columns, rows, styleOf(process.stdout).width) ||
        "No connector is installed. Install one: omd plugins install @omd/connector-airflow",
    );
    for (const { message, hint } of problems) this.tell(`not usable: ${message}${hint === null ? "" : `\n  ${hint}`}`);
    return 0;
  }
}
