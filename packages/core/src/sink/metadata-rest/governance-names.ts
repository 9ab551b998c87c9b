import { parseFqn, type EntityKey, type EntityReference, type EntityType, type FQN, type TagLabel } from "@omd/schema";
import type { Catalog, CatalogEntity } from "../../contracts/index.ts";

/** Tags, glossary terms, domains and what custom properties refer to, by name. Each is asked for once: an unknown one would make the server refuse the whole change. */
export class GovernanceNames {
  readonly #catalog: Catalog;
  readonly #found = new Map<string, Promise<EntityReference | undefined>>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  find(type: EntityType, fqn: FQN): Promise<EntityReference | undefined> {
    const key = `${type} ${fqn}`;
    const known = this.#found.get(key);
    if (known) return known;
    const finding = this.#read(type, fqn).then(
      (entity) => entity && { id: entity.id, type, name: entity.name, fullyQualifiedName: fqn },
    );
    this.#found.set(key, finding);
    finding.catch(() => this.#found.delete(key));
    return finding;
  }

  async #read(type: EntityType, fqn: FQN): Promise<CatalogEntity | undefined> {
    const entity = await this.#catalog.get(type, fqn);
    if (entity || type !== "tag" || !this.#catalog.seedTag) return entity;
    await this.#catalog.seedTag(fqn);
    return this.#catalog.get(type, fqn);
  }

  /** Told after a write: who asked before it was there must not be believed any longer. */
  wrote({ entityType, fqn }: EntityKey): void {
    this.#found.delete(`${entityType} ${fqn}`);
  }

  /** Those labels that the catalog knows; the others are added to `unknown`. */
  async known<L extends Pick<TagLabel, "source" | "tagFQN">>(labels: readonly L[], unknown: Set<string>): Promise<L[]> {
    const kept: L[] = [];
    for (const label of labels) {
      const type = label.source === "Glossary" ? "glossaryTerm" : "tag";
      if (await this.find(type, parseFqn(label.tagFQN))) kept.push(label);
      else unknown.add(`${type === "tag" ? "tag" : "glossary term"} ${label.tagFQN}`);
    }
    return kept;
  }
}
