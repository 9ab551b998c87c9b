import { accessSync, constants } from "node:fs";
import { ConfigError } from "./config-error.ts";
import { errorCode } from "./expand-variables.ts";
import type { WorkflowConfig } from "./workflow-schema.ts";

const fileKeys = ["caFile", "certFile", "keyFile"] as const;

/** Throws {@link ConfigError} for every file below `omd.http` that cannot be read. */
export function requireHttpFiles({ omd: { http }, origin }: WorkflowConfig): void {
  const issues = fileKeys.flatMap((key) => {
    const file = http[key];
    try {
      if (file !== undefined) accessSync(file, constants.R_OK);
      return [];
    } catch (error) {
      const path = ["omd", "http", key];
      const message = `${file ?? ""} cannot be read (${errorCode(error) ?? "unknown error"})`;
      return [{ file: origin.file, ...origin.locate(path), path, message }];
    }
  });
  if (issues.length > 0) throw new ConfigError(issues);
}
