import { CatalogError, isOmdError } from "@omd/core";

const hints: Readonly<Record<number, readonly [what: string, hint: string]>> = {
  5: [
    "is locked by another process",
    "Another omd command writes to the same catalog: wait until it has ended, or raise busyTimeoutMs.",
  ],
  6: ["is locked", "Another omd command writes to the same catalog: wait until it has ended."],
  8: ["is read-only", "Give this user write permission for the file and its directory."],
  10: ["could not be read or written", "Check the disk and the file system that the catalog lies on."],
  11: ["is damaged", "Move the file away and ingest again, or restore a backup."],
  13: ["could not grow: the disk is full", "Free some space on the disk; what was acknowledged is kept."],
  14: ["could not be opened", "Check that the path is a file in a directory that this user may write to."],
  26: ["is not a catalog: the file is no SQLite database", "Name another file, or move this one away."],
};

/** SQLite's primary result code (https://sqlite.org/rescode.html), or undefined when the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** Turns what SQLite throws into a CatalogError with a hint; everything else is returned as it is. */
export function toCatalogError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined || isOmdError(error)) return error;
  const [what, hint] = hints[code] ?? [
    `failed: ${error instanceof Error ? error.message : String(error)}`,
    "Please report this.",
  ];
  return new CatalogError(`The catalog ${file} ${what}`, { hint, cause: error });
}

/** Runs `work` and lets SQLite's errors out as CatalogErrors. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toCatalogError(error, file);
  }
}
