import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { usageError } from "./usage-error.ts";

/** Makes the directory that a flag names, before anything is read. Throws a usage error when that cannot be. */
export async function requireDirectory(flag: string, path: string): Promise<string> {
  const directory = resolve(path);
  await requireWritable(flag, path, directory);
  return directory;
}

/** The directory that a flag names. Throws a usage error when it is not there. */
export function requireExisting(flag: string, path: string): string {
  const directory = resolve(path);
  if (!existsSync(directory)) throw usageError(`${flag} ${path}: there is no directory ${directory}`);
  if (!statSync(directory).isDirectory()) throw usageError(`${flag} ${path}: is no directory`);
  return directory;
}

/** Makes the directory of the file that a flag names, before anything is read. Throws a usage error when there can be no such file. */
export async function requireFile(flag: string, path: string): Promise<string> {
  const file = resolve(path);
  if (existsSync(file) && statSync(file).isDirectory()) throw usageError(`${flag} ${path}: is a directory`);
  await requireWritable(flag, path, dirname(file));
  if (existsSync(file)) writable(flag, path, file);
  return file;
}

async function requireWritable(flag: string, path: string, directory: string): Promise<void> {
  const { makeDirectory } = await import("@omd/core");
  try {
    makeDirectory(directory);
  } catch (error) {
    throw usageError(`${flag} ${path}: the directory ${directory} cannot be made (${codeOf(error)})`);
  }
  if (!statSync(directory).isDirectory()) throw usageError(`${flag} ${path}: ${directory} is no directory`);
  writable(flag, path, directory);
}

function writable(flag: string, path: string, place: string): void {
  try {
    accessSync(place, constants.W_OK);
  } catch (error) {
    throw usageError(`${flag} ${path}: ${place} cannot be written (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
