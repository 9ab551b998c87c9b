import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Writes a value as JSON; makes the directory. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  const file = resolve(path);
  const { makeDirectory } = await import("@omd/core");
  makeDirectory(dirname(file));
  await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
