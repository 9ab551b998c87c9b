import { artifactKindOf, placeError, projectOf, type Artifact, type PlaceContext, type Project } from "./project.ts";

/** An object of a store, as its listing tells. */
export interface StoredObject {
  /** Full name, parts divided by `/`. */
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAtMs: number | undefined;
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
    const kind = artifactKindOf(stored.key.slice(slash + 1));
    if (kind === undefined) return;
    const { file, open } = this.#artifactOf(stored);
    const artifact = { kind, file, open, bytes: stored.bytes, modifiedAtMs: stored.modifiedAtMs };
    const directory = stored.key.slice(0, Math.max(slash, 0));
    const known = this.#byDirectory.get(directory);
    if (known === undefined) this.#byDirectory.set(directory, [artifact]);
    else known.push(artifact);
  }

  /** The projects: of directories that are dated, only the newest below each parent. Throws OMD_CONNECTION when there is no manifest at all. */
  projects(place: string, context: Pick<PlaceContext, "warn">): Project[] {
    const newest = new Map<string, { readonly directory: string; readonly date: string }>();
    for (const [directory, artifacts] of this.#byDirectory) {
      if (!artifacts.some((artifact) => artifact.kind === "manifest")) {
        context.warn(`${place}/${directory}`, "it has artifacts of dbt but no manifest.json, and is left out");
        continue;
      }
      const { parent, date } = dated(directory);
      const known = newest.get(parent);
      if (known === undefined || date > known.date) newest.set(parent, { directory, date });
    }
    if (newest.size === 0)
      throw placeError(`no manifest.json in ${place}`, {
        hint: "Give the bucket and the prefix that dbt's target directory is copied to; the name must be manifest.json or manifest.json.gz.",
      });
    return [...newest.values()].map(({ directory }) =>
      projectOf(`${place}/${directory}`, oneOfEach(this.#byDirectory.get(directory) ?? [])),
    );
  }
}

const leafDate =
  /(?<!\d)(?:\d{4}-\d\d-\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?(?!\d))/u;

/** `shop/2024-05-01`, `shop/run_20240501` and `shop/2024/05/01` are dated and lie below `shop`; other directories stand for themselves. */
function dated(directory: string): { parent: string; date: string } {
  const nested = /^(?:(.*)\/)?((?:year=|y=)?\d{4}\/(?:month=|m=)?\d{1,2}\/(?:day=|d=)?\d{1,2})$/u.exec(directory);
  if (nested !== null) {
    const digits = (nested[2] ?? "").split("/").map((part) => part.replace(/\D/gu, "").padStart(2, "0"));
    return { parent: `dated ${nested[1] === undefined ? "" : `${nested[1]}/`}`, date: digits.join("-") };
  }
  const slash = directory.lastIndexOf("/");
  const leaf = directory.slice(slash + 1);
  const found = leafDate.exec(leaf);
  if (found !== null) {
    // Two projects may lie side by side: shop-2024-05-01 and bakery-2024-05-01.
    const project = `${directory.slice(0, slash + 1)}${leaf.slice(0, found.index)}`;
    return { parent: `dated ${project}`, date: leaf.slice(found.index) };
  }
  return { parent: `plain ${directory}`, date: "" };
}

/** Where `manifest.json` and `manifest.json.gz` lie together, the one written last. */
function oneOfEach(artifacts: readonly Artifact[]): Artifact[] {
  const kept: Artifact[] = [];
  for (const artifact of artifacts.toSorted((a, b) => (b.modifiedAtMs ?? 0) - (a.modifiedAtMs ?? 0)))
    if (artifact.kind === "runResults" || !kept.some(({ kind }) => kind === artifact.kind)) kept.push(artifact);
  return kept;
}
