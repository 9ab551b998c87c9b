import type { Logger } from "../contracts/index.ts";
import type { SecretRegistry } from "../secrets/secret-registry.ts";

const levels = ["DEBUG", "INFO", "WARN", "ERROR"] as const;
export type LogLevel = (typeof levels)[number];

/** Lines on stderr, secrets removed. */
export function stderrLogger(least: LogLevel, secrets: SecretRegistry): Logger {
  const write = (level: LogLevel) => (message: string) => {
    if (levels.indexOf(level) >= levels.indexOf(least))
      process.stderr.write(`${new Date().toISOString()} ${level} ${secrets.redact(message)}\n`);
  };
  return { debug: write("DEBUG"), info: write("INFO"), warn: write("WARN"), error: write("ERROR") };
}
