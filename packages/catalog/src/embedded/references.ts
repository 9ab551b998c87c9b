import { entityTypes, parseFqn, tagLabel, type EntityReference, type EntityType, type TagLabel } from "@omd/schema";
import { badRequest } from "./columns.ts";
import { notFound, type Body, type EntityStore } from "./entity-store.ts";
import { sortTags } from "./merge.ts";

/** A reference as it is stored. */
export interface StoredReference {
  readonly id: string;
  readonly type: string;
}

/** Knows what references and tags name. All methods throw CatalogError 404 for what does not exist. */
export class References {
  readonly #store: EntityStore;
  constructor(store: EntityStore) {
    this.#store = store;
  }

  /** Owners by id, in the order of their names. Throws 400 when one is no user or team. */
  owners(owners: readonly EntityReference[]): StoredReference[] {
    const found = owners.map(({ id, type }) => {
      if (type !== "user" && type !== "team") throw badRequest(`Entity type ${type} can't be an owner`);
      return this.#store.needById(type, id, true);
    });
    return [...new Map(found.map((owner) => [owner.id, owner])).values()]
      .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
      .map(({ id, type }) => ({ id, type }));
  }

  /** Ids of one type, for instance the teams of a user. */
  ids(type: EntityType, ids: readonly string[]): StoredReference[] {
    return [...new Set(ids)].map((id) => ({ id: this.#store.needById(type, id, true).id, type }));
  }

  /** Tag labels with name and description of the tag, by FQN, each once. */
  tags(labels: readonly TagLabel[]): TagLabel[] {
    const found = new Map<string, TagLabel>();
    for (const label of labels) {
      if (label.source === "Glossary") throw notFound("glossaryTerm", label.tagFQN);
      const tag = this.#store.liveByFqn("tag", parseFqn(label.tagFQN));
      const { displayName, description } = tag.body as { displayName?: string; description?: string };
      found.set(tag.fqn, {
        tagFQN: tag.fqn,
        name: tag.name,
        ...(displayName === undefined ? {} : { displayName }),
        ...(description === undefined ? {} : { description }),
        source: label.source,
        labelType: label.labelType,
        state: label.state,
      });
    }
    return sortTags([...found.values()]);
  }

  /** The same for columns, tasks or fields and what lies below them. */
  partTags<T extends object>(parts: readonly T[]): T[] {
    return parts.map((given) => {
      const part = given as Body;
      const tags = Array.isArray(part.tags) && part.tags.length > 0 ? this.tags(part.tags.map(parseLabel)) : undefined;
      const owners =
        Array.isArray(part.owners) && part.owners.length > 0
          ? this.owners(part.owners as EntityReference[])
          : undefined;
      const { tags: _, owners: __, ...rest } = part;
      return {
        ...rest,
        ...(tags ? { tags } : {}),
        ...(owners ? { owners } : {}),
        ...(Array.isArray(part.children) ? { children: this.partTags(part.children as object[]) } : {}),
      } as T;
    });
  }

  /** A reference with all that OpenMetadata answers. */
  expand(reference: StoredReference): EntityReference | undefined {
    return this.#store.reference(reference.id);
  }

  /** A reference of any type by id; non-deleted only. */
  live(reference: { readonly id: string; readonly type: string }): ReturnType<EntityStore["needById"]> {
    if (!Object.hasOwn(entityTypes, reference.type)) throw notFound(reference.type, reference.id);
    return this.#store.needById(reference.type as EntityType, reference.id, true);
  }
}

/** Reads a tag label and drops what the catalog fills in itself. Throws 400. */
export function parseLabel(value: unknown): TagLabel {
  const { tagFQN, source, labelType, state } = (value ?? {}) as Record<string, unknown>;
  const label = tagLabel.safeParse({
    tagFQN,
    source: source ?? "Classification",
    labelType: labelType ?? "Manual",
    state: state ?? "Confirmed",
  });
  if (!label.success) throw badRequest(`Invalid tag label ${JSON.stringify(value)}`);
  return label.data;
}
