import { datedDirectory } from "./directory-dates.ts";
import { peekManifest, type ManifestHead, type PeekedManifest } from "./manifest-head.ts";
import type { Artifact, PlaceContext } from "./project.ts";
import { Comparison } from "./same-project.ts";

/** A directory of a store that has a manifest. */
export interface ProjectDirectory {
  readonly directory: string;
  readonly manifest: Artifact;
  readonly others: readonly Artifact[];
}

interface Peeked extends ProjectDirectory {
  readonly peeked: PeekedManifest;
}

interface Told extends Peeked {
  readonly head: ManifestHead;
}

export interface NewestParts {
  readonly place: string;
  /** Key of the configuration that says where the place begins. */
  readonly key: string;
  readonly context: Pick<PlaceContext, "log" | "signal" | "warn">;
}

/** Read of each of a few manifests: most are whole then, and need no second call. */
const partOfFew = 1024 * 1024;
const few = 16;
/** Read of each of many manifests: metadata and the first models stand in it. */
const partOfMany = 64 * 1024;
const atOnce = 8;

/**
 * One directory for each project, in the order given: of directories that differ in a date only that of the last date, and of all others those whose manifests
 * say the same project and put the same models at the same places only that made last. What is left out is told to the log;
 * where the manifests do not show that it is the same project, it is a warning.
 */
export async function newestDirectories(
  directories: readonly ProjectDirectory[],
  { place, key, context }: NewestParts,
): Promise<ProjectDirectory[]> {
  const byName = lastDates(directories, (older, newest) =>
    context.log.info(`${place}/${older}: left out, ${newest} is of a later date`),
  );
  if (byName.length < 2) return byName;
  const firstBytes = byName.length > few ? partOfMany : partOfFew;
  const all: Peeked[] = [];
  for (let at = 0; at < byName.length; at += atOnce) {
    context.signal.throwIfAborted();
    const some = byName.slice(at, at + atOnce).map(async (one) => {
      const peeked = await peekManifest(one.manifest, firstBytes);
      return { ...one, manifest: peeked.artifact, peeked };
    });
    all.push(...(await Promise.all(some)));
  }
  const newest: Told[] = [];
  const left = new Set<string>();
  const comparison = new Comparison();
  for (const one of newestFirst(all)) {
    context.signal.throwIfAborted();
    const { same, unsure } = await newerThan(one, newest, comparison);
    const newer = same ?? unsure;
    if (newer === undefined) {
      newest.push(one);
      continue;
    }
    left.add(one.directory);
    await one.peeked.leave();
    const reason = `${newer.directory} has a newer manifest of project ${one.head.name}`;
    if (same !== undefined) context.log.info(`${place}/${one.directory}: left out, ${reason}`);
    else
      context.warn(
        `${place}/${one.directory}`,
        `left out: ${reason}, though their models do not show that it is the same one. If they are two projects, give each a name of its own in its dbt_project.yml, or a run of its own by ${key}`,
      );
  }
  return all.filter(({ directory }) => !left.has(directory));
}

/** What stands for `one`: a newer manifest that is of the same project, or one that may be. */
async function newerThan(
  one: Told,
  newest: readonly Told[],
  comparison: Comparison,
): Promise<{ readonly same?: Told; readonly unsure?: Told }> {
  let unsure: Told | undefined;
  for (const newer of newest) {
    const likeness = await comparison.of(newer, one);
    if (likeness === "same") return { same: newer };
    if (likeness === "unsure") unsure ??= newer;
  }
  return unsure === undefined ? {} : { unsure };
}

/** The directory of the last date in each family of names. */
function lastDates(
  directories: readonly ProjectDirectory[],
  leave: (older: string, newest: string) => void,
): ProjectDirectory[] {
  const newest = new Map<string, { readonly one: ProjectDirectory; readonly date: string }>();
  for (const one of directories) {
    const { family, date } = datedDirectory(one.directory);
    const known = newest.get(family);
    if (known === undefined || date > known.date) newest.set(family, { one, date });
  }
  for (const { directory } of directories) {
    const kept = newest.get(datedDirectory(directory).family)?.one.directory ?? directory;
    if (kept !== directory) leave(directory, kept);
  }
  return [...newest.values()].map(({ one }) => one);
}

/** Those that tell whose they are. */
function newestFirst(all: readonly Peeked[]): Told[] {
  const told = all.flatMap((one) => (one.peeked.head === undefined ? [] : { ...one, head: one.peeked.head }));
  const time = ({ head, manifest }: Told): number => head.generatedAtMs ?? manifest.modifiedAtMs ?? 0;
  return told.toSorted((a, b) => time(b) - time(a) || (a.directory < b.directory ? 1 : -1));
}
