import type { WorkflowConfig } from "../config/index.ts";
import type { RunAccount } from "../report/run-account.ts";

/** A file of OpenMetadata's may name steps that only its other workflows have. */
export function tellUnusedSteps(config: WorkflowConfig, account: RunAccount): void {
  for (const section of ["processor", "stage", "bulkSink"] as const) {
    const type = config[section]?.type;
    if (type !== undefined)
      account.warn(account.source, `${section} ${type}`, "a metadata workflow has no such step: not used");
  }
}

/** Warns of keys of `sourceConfig.config` that the connector does not know either. */
export function tellUnreadOptions(keys: readonly string[], account: RunAccount): void {
  for (const key of keys)
    account.warn(account.source, `sourceConfig.config.${key}`, "the connector does not read this key: not used");
}
