import {
  entityTypes,
  fqnOf,
  parentFqn,
  parseFqn,
  tagLabel,
  type EntityReference,
  type EntityType,
  type FQN,
  type TagLabel,
} from "@omd/schema";
import { badRequest } from "./columns.ts";
import { notFound, type Body, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { sortTags } from "./merge.ts";

/** A reference as it is stored. */
export interface StoredReference {
  readonly id: string;
  readonly type: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Lists of parts that have tags of their own. */
const taggedParts = ["columns", "children", "tasks", "fields", "mlFeatures"];

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

  /** What a request names by id or FQN, or a patch by a reference; each once. */
  allNamed(target: EntityType | "any", values: readonly unknown[]): StoredReference[] {
    const found = values.map((value) => this.named(target, value));
    return [...new Map(found.map((reference) => [reference.id, reference])).values()];
  }

  /** The same for one. Throws 400 for what is neither a text nor a reference. */
  named(target: EntityType | "any", value: unknown): StoredReference {
    const { id, type } = this.find(target, value);
    return { id, type };
  }

  /** As {@link named}, with the whole entity. */
  find(target: EntityType | "any", value: unknown): StoredEntity {
    if (typeof value === "string" && target !== "any")
      return uuid.test(value) ? this.#store.needById(target, value, true) : this.#byName(target, value);
    const { id, type = target } = (value ?? {}) as { id?: unknown; type?: unknown };
    if (typeof id !== "string" || typeof type !== "string") throw badRequest("A reference needs an id and a type");
    if (target !== "any" && type !== target) throw badRequest(`A ${type} can't stand where a ${target} belongs`);
    return this.live({ id, type });
  }

  /** By FQN, or by a raw name: users are named by both. */
  #byName(type: EntityType, name: string): StoredEntity {
    const fqn = parseFqn(name);
    const found =
      this.#store.byFqn(type, fqn) ?? (name.includes('"') ? undefined : this.#store.byFqn(type, fqnOf(name)));
    if (!found || found.deleted) throw notFound(type, fqn);
    return found;
  }

  /** Tag labels with name and description of the tag, by FQN, each once. */
  tags(labels: readonly TagLabel[]): TagLabel[] {
    const found = new Map<string, TagLabel>();
    for (const label of labels) {
      const tag = this.#store.liveByFqn(label.source === "Glossary" ? "glossaryTerm" : "tag", parseFqn(label.tagFQN));
      const { displayName, description, style } = tag.body as Pick<TagLabel, "displayName" | "description" | "style">;
      found.set(tag.fqn, {
        tagFQN: tag.fqn,
        name: tag.name,
        ...(displayName === undefined ? {} : { displayName }),
        ...(description === undefined ? {} : { description }),
        ...(style === undefined ? {} : { style }),
        source: label.source,
        labelType: label.labelType,
        state: label.state,
      });
    }
    const sorted = sortTags([...found.values()]);
    this.checkExclusive(sorted);
    return sorted;
  }

  /** Throws 400 when two of the labels shut each other out: their classification, or the tag above them, allows one of its tags only. */
  checkExclusive(labels: readonly TagLabel[]): void {
    if (labels.length < 2) return;
    const first = new Map<string, TagLabel>();
    for (const label of labels) {
      const parent = parentFqn(label.tagFQN as FQN);
      const other = parent === undefined ? undefined : first.get(`${label.source} ${parent}`);
      if (parent === undefined) continue;
      if (!other) first.set(`${label.source} ${parent}`, label);
      else if (this.#isExclusive(label.source, parent))
        throw badRequest(
          `Tag labels ${other.tagFQN} and ${label.tagFQN} are mutually exclusive and can't be assigned together`,
        );
    }
  }

  /** The same for an entity and its parts, whose tags a PUT united with those that were there. */
  checkAllExclusive(entity: Body): void {
    if (Array.isArray(entity.tags)) this.checkExclusive(entity.tags as TagLabel[]);
    for (const field of taggedParts) {
      const parts = entity[field];
      for (const part of Array.isArray(parts) ? (parts as Body[]) : []) this.checkAllExclusive(part);
    }
  }

  #isExclusive(source: TagLabel["source"], parent: FQN): boolean {
    const types =
      source === "Glossary" ? (["glossary", "glossaryTerm"] as const) : (["classification", "tag"] as const);
    return types.some((type) => this.#store.byFqn(type, parent)?.body.mutuallyExclusive === true);
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
