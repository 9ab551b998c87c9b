import { Flags } from "@oclif/core";
import { connectorPathFlag, omdHomeFlag } from "./omd-command.ts";

/** Flags of the commands that run a workflow file. */
export const workflowFlags = {
  config: Flags.string({ char: "c", required: true, description: "workflow file (YAML or JSON)", helpValue: "FILE" }),
  only: Flags.string({
    multiple: true,
    description: "take only this entity and what lies below it (FQN); nothing is marked deleted then",
    helpValue: "FQN",
  }),
  limit: Flags.integer({
    min: 1,
    description: "take at most N entities; nothing is marked deleted then",
    helpValue: "N",
  }),
  record: Flags.directory({
    description: "write every HTTP exchange to this directory, secrets removed",
    helpValue: "DIR",
  }),
  replay: Flags.directory({
    exclusive: ["record"],
    description: "answer HTTP calls from such a directory; no network is used",
    helpValue: "DIR",
  }),
  "connector-path": connectorPathFlag,
  "omd-home": omdHomeFlag,
  "log-level": Flags.option({
    options: ["DEBUG", "INFO", "WARN", "ERROR"] as const,
    description: "least level of log lines that are shown; default: the file's loggerLevel",
  })(),
  "no-progress": Flags.boolean({ description: "show no progress" }),
};

/** What {@link workflowFlags} parse to. */
export interface WorkflowFlagValues {
  /** Absent where another command makes the config. */
  readonly config?: string | undefined;
  readonly only: string[] | undefined;
  readonly limit: number | undefined;
  readonly record?: string | undefined;
  readonly replay?: string | undefined;
  readonly "connector-path": string[] | undefined;
  readonly "omd-home": string;
  readonly "log-level": "DEBUG" | "INFO" | "WARN" | "ERROR" | undefined;
  readonly "no-progress": boolean;
  readonly debug: boolean;
}
