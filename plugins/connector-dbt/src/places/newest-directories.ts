import { datedDirectory, runFamily } from "./directory-dates.ts";
import { peekManifest, type ManifestHead, type PeekedManifest } from "./manifest-head.ts";
import type { Artifact, PlaceContext } from "./project.ts";

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
  readonly context: Pick<PlaceContext, "log" | "signal">;
}

/** Read of each of a few manifests: most are whole then, and need no second call. */
const partOfFew = 1024 * 1024;
const few = 16;
/** Read of each of many manifests: metadata and the first models stand in it. */
const partOfMany = 64 * 1024;
const atOnce = 8;

/**
 * One directory for each project, in the order given: of directories that differ in a date only that of the last date, and of all others those whose manifests
 * say the same project and put the same models at the same places only that made last. What is left out is told to the log.
 */
export async function newestDirectories(
  directories: readonly ProjectDirectory[],
  { place, context }: NewestParts,
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
  for (const one of newestFirst(all)) {
    const newer = newest.find((other) => isSame(other, one));
    if (newer === undefined) {
      newest.push(one);
      continue;
    }
    left.add(one.directory);
    await one.peeked.leave();
    context.log.info(
      `${place}/${one.directory}: left out, ${newer.directory} has a newer manifest of project ${one.head.name}`,
    );
  }
  return all.filter(({ directory }) => !left.has(directory));
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

/** Whether two manifests are of one project in one environment. Where they have no model in common, the names tell. */
function isSame(a: Told, b: Told): boolean {
  if (a.head.project !== b.head.project) return false;
  let common = 0;
  let same = 0;
  for (const [uniqueId, where] of b.head.places) {
    const other = a.head.places.get(uniqueId);
    common += Number(other !== undefined);
    same += Number(other === where);
  }
  // A model may have moved between two runs; in another environment all are elsewhere.
  return common > 0 ? same * 2 > common : runFamily(a.directory) === runFamily(b.directory);
}
