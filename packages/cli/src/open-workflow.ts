import { resolve } from "node:path";
import type { Logger, MetadataWorkflow, WholeOptions, WorkflowConfig } from "@omd/core";
import { fqnArgument } from "./fqn-argument.ts";
import { guardOutput } from "./output-guard.ts";
import { Progress } from "./progress.ts";
import { abortOnSignals } from "./signals.ts";
import type { WorkflowFlagValues } from "./workflow-flags.ts";
import { requireDirectory, requireExisting } from "./flag-paths.ts";

export interface OpenWorkflow {
  readonly workflow: MetadataWorkflow;
  /** Takes the progress off the screen and gives the signals back. */
  readonly end: () => void;
}

export interface OpenOptions {
  readonly flags: WorkflowFlagValues;
  /** Default: reads the file that the flag `config` names. */
  readonly readConfig?: ((options: WholeOptions) => Promise<WorkflowConfig>) | undefined;
  readonly packageFolders: readonly string[];
  readonly allowPartial?: boolean | undefined;
}

/** Makes the workflow of a file or of a config, with progress, signals and redaction in place. Throws ConfigError and OmdError. */
export async function openWorkflow(options: OpenOptions): Promise<OpenWorkflow> {
  const { flags, packageFolders, allowPartial } = options;
  const [core, { createResolver }, { openCatalog }] = await Promise.all([
    import("@omd/core"),
    import("@omd/lineage/resolver"),
    import("@omd/catalog/open"),
  ]);
  const secrets = new core.SecretRegistry();
  guardOutput((text) => secrets.redact(text));
  const level = flags["log-level"] ?? (flags.debug ? "DEBUG" : undefined);
  const overrides = level === undefined ? {} : { "workflowConfig.loggerLevel": level };
  const readConfig = options.readConfig ?? ((load) => core.loadConfigFile(flags.config ?? "", load));
  const connectorPaths = (flags["connector-path"] ?? ["."]).map((path) => resolve(path));
  const registry = core.createRegistry({ searchFrom: packageFolders, connectorPaths });
  const openParts = core.openPartsOf({ registry, catalog: () => Promise.resolve(openCatalog) });
  const config = await readConfig({ overrides, openParts });
  const only = await Promise.all((flags.only ?? []).map((fqn) => fqnArgument("--only", fqn)));
  const recordDir = flags.record === undefined ? undefined : await requireDirectory("--record", flags.record);
  const replayDir = flags.replay === undefined ? undefined : requireExisting("--replay", flags.replay);
  const progress = new Progress({ stream: process.stderr, shown: !flags["no-progress"] });
  const signals = abortOnSignals();
  const end = (): void => {
    signals.release();
    progress.end();
  };
  try {
    const workflow = await core.MetadataWorkflow.create(config, {
      omdHome: resolve(flags["omd-home"]),
      signal: signals.signal,
      openCatalog,
      createResolver,
      registry,
      connectorPaths,
      selection: { only, limit: flags.limit },
      allowPartial,
      recordDir,
      replayDir,
      log: loggerBeside(progress, core.stderrLogger(config.workflowConfig.loggerLevel, secrets)),
      progress: (event) => progress.take(event),
      secrets,
    });
    return { workflow, end };
  } catch (error) {
    end();
    throw error;
  }
}

/** Log lines must not be drawn into the line of the progress. */
function loggerBeside(progress: Progress, log: Logger): Logger {
  const beside = (level: keyof Logger) => (message: string) => progress.aside(() => log[level](message));
  return { debug: beside("debug"), info: beside("info"), warn: beside("warn"), error: beside("error") };
}
