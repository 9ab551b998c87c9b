import { accessSync, constants } from "node:fs";
import type { ConfigIssue } from "./config-error.ts";
import type { ConfigOrigin } from "./config-origin.ts";
import { errorCode } from "./expand-variables.ts";
import { valueAt } from "./explain-issues.ts";
import { locate } from "./locate-issues.ts";

const fileKeys = ["caFile", "certFile", "keyFile"] as const;

/** The files below `omd.http` that cannot be read. */
export function unreadableHttpFiles(config: unknown, origin: ConfigOrigin): ConfigIssue[] {
  return fileKeys.flatMap((key) => {
    const path = ["omd", "http", key];
    const file = valueAt(config, path);
    // Anything else is the schema's to complain about.
    if (typeof file !== "string") return [];
    try {
      accessSync(file, constants.R_OK);
      return [];
    } catch (error) {
      const message = `${file} cannot be read (${errorCode(error) ?? "unknown error"})`;
      return [locate({ path, message, at: "value" }, origin, [])];
    }
  });
}
