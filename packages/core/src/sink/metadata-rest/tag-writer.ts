import { childFqn, fqnOf, type FQN, type TagRecord } from "@omd/schema";
import type { Catalog, Written } from "../../contracts/index.ts";

/** Writes each classification and tag once per run, and only when the catalog has it not. */
export class TagWriter {
  readonly #catalog: Catalog;
  readonly #classifications = new Map<string, Promise<Set<string>>>();
  readonly #tags = new Map<string, Promise<Written["outcome"]>>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  async write(record: TagRecord): Promise<Written> {
    const fqn = tagFqn(record);
    const earlier = this.#tags.get(fqn);
    if (earlier) {
      await earlier;
      return { outcome: "unchanged", name: fqn };
    }
    const work = this.#create(record, fqn);
    this.#tags.set(fqn, work);
    return { outcome: await work, name: fqn };
  }

  async #create(record: TagRecord, fqn: FQN): Promise<Written["outcome"]> {
    const existing = await this.#classification(record.classification);
    if (existing.has(fqn)) return "unchanged";
    const { outcome } = await this.#catalog.put("tag", {
      ...record.tag,
      classification: fqnOf(record.classification.name),
    });
    return outcome;
  }

  #classification(request: TagRecord["classification"]): Promise<Set<string>> {
    const known = this.#classifications.get(request.name);
    if (known) return known;
    const work = this.#readClassification(request);
    this.#classifications.set(request.name, work);
    return work;
  }

  async #readClassification(request: TagRecord["classification"]): Promise<Set<string>> {
    const fqn = fqnOf(request.name);
    const tags = new Set<string>();
    if (await this.#catalog.get("classification", fqn)) {
      for await (const tag of this.#catalog.list("tag", { below: fqn })) tags.add(tag.fullyQualifiedName);
    } else await this.#catalog.put("classification", request);
    return tags;
  }
}

export function tagFqn(record: TagRecord): FQN {
  return childFqn(fqnOf(record.classification.name), record.tag.name);
}
