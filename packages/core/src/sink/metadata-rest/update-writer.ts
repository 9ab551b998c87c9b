import {
  planUpdate,
  type EntityReference,
  type EntityUpdateRecord,
  type JsonPatchOperation,
  type ResolvedSet,
  type TagLabel,
} from "@omd/schema";
import { CatalogError, isOmdError, type OmdError } from "../../errors.ts";
import type { Catalog, CatalogEntity, Written } from "../../contracts/index.ts";
import { CustomProperties } from "./custom-properties.ts";
import type { GovernanceNames } from "./governance-names.ts";
import type { MissingEntities } from "./missing-entity.ts";
import { propertyPatches, type PropertyPatch } from "./property-patches.ts";
import type { StoredEntities } from "./stored-entities.ts";

export interface UpdateWriterParts {
  readonly catalog: Catalog;
  readonly stored: StoredEntities;
  readonly names: GovernanceNames;
  readonly missing: MissingEntities;
  /** Values of the source replace what people wrote in the catalog. */
  readonly overrideMetadata: boolean;
}

/** Brings updates into entities that another source owns. */
export class UpdateWriter {
  readonly #parts: UpdateWriterParts;
  readonly #properties: CustomProperties;

  constructor(parts: UpdateWriterParts) {
    this.#parts = parts;
    this.#properties = new CustomProperties(parts);
  }

  async write(record: EntityUpdateRecord): Promise<Written> {
    const found = await this.#parts.stored.find(record);
    if (!found) return this.#parts.missing.written(record);
    const unknown = new Set<string>();
    const set = await this.#resolved(record, found.entity, unknown);
    const mayReplace = (field: NonNullable<EntityUpdateRecord["override"]>[number]): boolean =>
      this.#parts.overrideMetadata || record.override?.includes(field) === true;
    const { operations, unknownColumns } = planUpdate(found.entity, set, mayReplace, record.said);
    for (const column of unknownColumns) unknown.add(`column ${column}`);
    if (operations.length > 0) {
      this.#parts.stored.patched(record, found);
      await this.#patch(record, found.entity.id, operations);
    }
    const notices = this.#properties.takeNotices();
    return {
      outcome: operations.length > 0 ? "updated" : "unchanged",
      name: record.fqn,
      ...(unknown.size > 0 && { warning: `not in the catalog and left out: ${[...unknown].sort().join(", ")}` }),
      ...(notices.length > 0 && { notices }),
    };
  }

  async #resolved(
    { entityType, set }: EntityUpdateRecord,
    stored: CatalogEntity,
    unknown: Set<string>,
  ): Promise<ResolvedSet> {
    const { names } = this.#parts;
    const { domains: domainNames = [], glossaryTerms = [], tags = [], columnTags = {}, tier, extension, ...rest } = set;
    const domains: EntityReference[] = [];
    for (const fqn of domainNames) {
      const domain = await names.find("domain", fqn);
      if (domain) domains.push(domain);
      else unknown.add(`domain ${fqn}`);
    }
    const knownTiers =
      tier === undefined ? [] : await names.known([{ source: "Classification", tagFQN: tier }], unknown);
    const columns: Record<string, TagLabel[]> = {};
    for (const [column, labels] of Object.entries(columnTags)) columns[column] = await names.known(labels, unknown);
    return {
      ...rest,
      domains,
      tags: await names.known([...tags, ...glossaryTerms.map(termLabel)], unknown),
      columnTags: columns,
      ...(extension && { extension: await this.#properties.known(entityType, extension, { stored, unknown }) }),
      ...(knownTiers.length > 0 && { tier }),
    };
  }

  /** A custom property that the server refuses must keep neither the rest nor the other ones from it. */
  async #patch(record: EntityUpdateRecord, id: string, operations: readonly JsonPatchOperation[]): Promise<void> {
    const { catalog } = this.#parts;
    try {
      await catalog.patch(record.entityType, id, operations);
    } catch (error) {
      const { rest, properties, untried, isFirst } = propertyPatches(operations);
      if (!isRefusal(error) || properties.length === 0) throw error;
      if (rest.length > 0) await catalog.patch(record.entityType, id, rest);
      const [only] = properties;
      const refused =
        properties.length === 1 && only !== undefined
          ? [`${only.name} (${error.message})`]
          : await this.#refusedOf(record, id, properties, isFirst);
      refused.push(...untried.map((name) => `${name} (not tried)`));
      if (refused.length === 0) return;
      throw new CatalogError(`Custom properties of ${record.fqn} were refused: ${refused.join(", ")}`, {
        status: 400,
        hint: "All else of the update is written. Define the property for this type in the catalog, with a type that fits the value.",
        cause: error,
      });
    }
  }

  /** Writes the properties one by one; those that the catalog refuses by name, with its reason. */
  async #refusedOf(
    { entityType }: EntityUpdateRecord,
    id: string,
    properties: readonly PropertyPatch[],
    isFirst: boolean,
  ): Promise<string[]> {
    const refused: string[] = [];
    let hasNone = isFirst;
    for (const property of properties)
      try {
        await this.#parts.catalog.patch(entityType, id, property.operations(hasNone));
        hasNone = false;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused.push(`${property.name} (${error.message})`);
      }
    return refused;
  }
}

function isRefusal(error: unknown): error is OmdError {
  return isOmdError(error) && error.status === 400;
}

function termLabel(tagFQN: string): TagLabel {
  return { tagFQN, source: "Glossary", labelType: "Automated", state: "Confirmed" };
}
