import { runFamily } from "./directory-dates.ts";
import { wholeHead, type ManifestHead } from "./manifest-head.ts";
import type { Artifact } from "./project.ts";

/** A manifest whose beginning told whose it is. */
export interface ToldManifest {
  readonly directory: string;
  readonly manifest: Artifact;
  readonly head: ManifestHead;
}

/** `unsure`: the names say the same project, and the models neither show it nor the contrary. */
export type Likeness = "same" | "other" | "unsure";

type Evidence = "same" | "elsewhere" | "few in common" | "none in common" | "no models";

/** Tells runs of one project apart from projects that are only called alike. */
export class Comparison {
  /** Those that are compared with again and again. */
  readonly #wholes = new Map<string, ManifestHead>();

  /**
   * Whether two manifests are of one project in one environment. The models that their beginnings tell mostly suffice; where these have little in common
   * both manifests are read to the end, because dbt does not promise an order.
   */
  async of(newer: ToldManifest, older: ToldManifest): Promise<Likeness> {
    if (newer.head.project !== older.head.project) return "other";
    const first = evidence(newer.head.places, older.head.places);
    if (first === "same") return "same";
    const isFamily = runFamily(newer.directory) === runFamily(older.directory);
    if (first === "elsewhere" || (first !== "few in common" && !isFamily)) return "other";
    const wholes = [await this.#wholeOf(newer), older.head.isWhole ? older.head : await wholeHead(older.manifest)];
    const [a, b] = wholes.map((one) => (one?.isWhole === true ? one.places : new Map<string, string>()));
    return likenessOf(evidence(a ?? new Map(), b ?? new Map()));
  }

  async #wholeOf({ directory, manifest, head }: ToldManifest): Promise<ManifestHead | undefined> {
    const whole = head.isWhole ? head : (this.#wholes.get(directory) ?? (await wholeHead(manifest)));
    if (whole !== undefined) this.#wholes.set(directory, whole);
    return whole;
  }
}

function likenessOf(whole: Evidence): Likeness {
  if (whole === "same") return "same";
  return whole === "elsewhere" || whole === "none in common" ? "other" : "unsure";
}

function evidence(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): Evidence {
  const fewer = Math.min(a.size, b.size);
  if (fewer === 0) return "no models";
  let common = 0;
  let same = 0;
  for (const [uniqueId, where] of b) {
    const other = a.get(uniqueId);
    common += Number(other !== undefined);
    same += Number(other === where);
  }
  if (common === 0) return "none in common";
  // A model may have moved between two runs; in another environment all are elsewhere.
  if (same * 2 <= common) return "elsewhere";
  return common * 2 >= fewer ? "same" : "few in common";
}
