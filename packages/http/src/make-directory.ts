import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a directory and those that it lies in. Throws what the system says. Node's own `recursive` never ends where the system answers that
 * there is no such directory although there is, as it does below /proc.
 */
export function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    try {
      mkdirSync(directory);
    } catch (error) {
      // Another process may have been quicker.
      if (!existsSync(directory)) throw error;
    }
  }
}
