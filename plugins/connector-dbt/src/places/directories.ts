import { newestDirectories, type ProjectDirectory } from "./newest-directories.ts";
import { artifactKindOf, placeError, projectOf, type Artifact, type PlaceContext, type Project } from "./project.ts";

/** An object of a store, as its listing tells. */
export interface StoredObject {
  /** Full name, parts divided by `/`. */
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAtMs: number | undefined;
}

type ListingContext = Pick<PlaceContext, "warn" | "log" | "signal">;

interface ListingPlace {
  /** For messages. */
  readonly place: string;
  /** Key of the configuration that says where the place begins. */
  readonly key: string;
  /** Made when no directory has a manifest. */
  readonly none: () => Error;
}

/** Gathers the objects of a listing into projects, one for each directory; keeps nothing of other objects. */
export class Directories<Stored extends StoredObject> {
  readonly #byDirectory = new Map<string, Artifact[]>();
  readonly #artifactOf: (stored: Stored) => Pick<Artifact, "file" | "open">;

  constructor(artifactOf: (stored: Stored) => Pick<Artifact, "file" | "open">) {
    this.#artifactOf = artifactOf;
  }

  take(stored: Stored): void {
    const slash = stored.key.lastIndexOf("/");
    const named = artifactKindOf(stored.key.slice(slash + 1));
    if (named === undefined) return;
    const { file, open } = this.#artifactOf(stored);
    const artifact = { ...named, file, open, bytes: stored.bytes, modifiedAtMs: stored.modifiedAtMs };
    const directory = stored.key.slice(0, Math.max(slash, 0));
    const known = this.#byDirectory.get(directory);
    if (known === undefined) this.#byDirectory.set(directory, [artifact]);
    else known.push(artifact);
  }

  /** The newest directory of each project of a bucket. Throws OMD_CONNECTION when there is no manifest at all. */
  projects(place: string, context: ListingContext, prefix = ""): AsyncGenerator<Project> {
    const none = (): Error =>
      placeError(`no manifest.json in ${place}${prefix === "" ? "" : ` below ${prefix}`}`, {
        hint: `Give the bucket and the prefix that dbt's target directory is copied to; the name must be manifest.json or manifest.json.gz.${prefix.startsWith("/") ? " Names in a bucket seldom begin with a slash." : ""}`,
      });
    return this.newest(context, { place, key: "dbtPrefixConfig.dbtObjectPrefix", none });
  }

  /** The newest directory of each project. Throws what `none` makes when there is no manifest at all. */
  async *newest(context: ListingContext, { place, key, none }: ListingPlace): AsyncGenerator<Project> {
    const found: ProjectDirectory[] = [];
    for (const [directory, artifacts] of this.#byDirectory) {
      const kept = oneOfEach(artifacts);
      const manifest = kept.find(({ kind }) => kind === "manifest");
      if (manifest !== undefined) found.push({ directory, manifest, others: kept.filter((one) => one !== manifest) });
      else context.warn(`${place}/${directory}`, "it has artifacts of dbt but no manifest.json, and is left out");
    }
    if (found.length === 0) throw none();
    for (const { directory, manifest, others } of await newestDirectories(found, { place, key, context }))
      yield projectOf(`${place}/${directory}`, [manifest, ...others]);
  }
}

/** Where `manifest.json` and `manifest.json.gz` lie together, the one written last. */
function oneOfEach(artifacts: readonly Artifact[]): Artifact[] {
  const kept: Artifact[] = [];
  for (const artifact of artifacts.toSorted((a, b) => (b.modifiedAtMs ?? 0) - (a.modifiedAtMs ?? 0)))
    if (artifact.kind === "runResults" || !kept.some(({ kind }) => kind === artifact.kind)) kept.push(artifact);
  return kept;
}
