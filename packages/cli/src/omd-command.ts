import { Command, Flags } from "@oclif/core";

export const jsonFlag = Flags.boolean({ description: "print JSON to stdout; everything for people goes to stderr" });
export const omdHomeFlag = Flags.directory({
  description: "directory of the embedded catalog, the state and the reports",
  env: "OMD_HOME",
  default: ".omd",
  helpValue: "DIR",
});
export const connectorPathFlag = Flags.string({
  description: "folder in which connectors named by module are looked up; default: the working directory",
  multiple: true,
  helpValue: "DIR",
});

/** What all commands share. `run` resolves with the exit code. */
export abstract class OmdCommand extends Command {
  static override baseFlags = {
    debug: Flags.boolean({ description: "show stack traces and debug lines", helpGroup: "GLOBAL" }),
  };

  abstract override run(): Promise<number>;

  /** Prints a line to stdout. */
  protected print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /** Prints a line to stderr. */
  protected tell(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  protected printJson(value: unknown): void {
    this.print(JSON.stringify(value, undefined, 2));
  }

  /** Folders whose packages may hold connectors: the project's, this program's, and the user's plugins. */
  protected get packageFolders(): string[] {
    const plugins = this.config.getPluginsList().filter((plugin) => plugin.type !== "core");
    return [process.cwd(), import.meta.dirname, this.config.dataDir, ...plugins.map((plugin) => plugin.root)];
  }
}
