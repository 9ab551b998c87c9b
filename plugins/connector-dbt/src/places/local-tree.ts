import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { StoredObject } from "./directories.ts";
import { artifactKindOf, type PlaceContext } from "./project.ts";

/** So many levels below the named directory are looked through: `dbt/shop/target` is three. */
export const deepest = 3;

/** Copies of other people's projects, and what is no project at all. */
export const passedOver: ReadonlySet<string> = new Set(["node_modules", "dbt_packages", "dbt_modules"]);

interface Level {
  /** Below the root, parts divided by `/`; empty for the root. */
  readonly name: string;
  readonly depth: number;
}

/**
 * Artifacts of dbt in a directory and below it, by names as in a bucket. Hidden directories and those of packages are passed over; a link is followed,
 * but no directory is looked through twice, so that links may lead in circles. What cannot be read is a warning.
 */
export async function* artifactsBelow(
  root: string,
  context: Pick<PlaceContext, "warn" | "signal">,
): AsyncGenerator<StoredObject> {
  const seen = new Set<string>();
  const levels: Level[] = [{ name: "", depth: 0 }];
  for (const { name, depth } of levels) {
    context.signal.throwIfAborted();
    const path = join(root, name);
    const entries = await orWarned(path, context, () => unseen(path, seen));
    for (const entry of entries ?? []) {
      const key = name === "" ? entry.name : `${name}/${entry.name}`;
      if (depth < deepest && (await isLevel(entry, join(root, key)))) levels.push({ name: key, depth: depth + 1 });
      else if (artifactKindOf(entry.name) !== undefined) {
        const found = await orWarned(join(root, key), context, () => stat(join(root, key)));
        if (found?.isFile() === true) yield { key, bytes: found.size, modifiedAtMs: found.mtimeMs };
      }
    }
  }
}

/** What is in a directory, by name; nothing where it was looked through already, by another way. */
async function unseen(path: string, seen: Set<string>): Promise<Dirent[]> {
  const real = await realpath(path);
  if (seen.has(real)) return [];
  seen.add(real);
  const entries = await readdir(path, { withFileTypes: true });
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether it is a directory that is looked through. A link into nothing is none. */
async function isLevel(entry: Dirent, path: string): Promise<boolean> {
  if (entry.name.startsWith(".") || passedOver.has(entry.name)) return false;
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function orWarned<T>(
  path: string,
  context: Pick<PlaceContext, "warn">,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.warn(path, `it cannot be read, and is left out: ${reason}`);
    return undefined;
  }
}
