import { sameDataModel, type DataModel, type DataModelRecord, type EntityKey } from "@omd/schema";
import type { Catalog, Written } from "../../contracts/index.ts";
import type { GovernanceNames } from "./governance-names.ts";
import type { MissingEntities } from "./missing-entity.ts";
import type { StoredEntities } from "./stored-entities.ts";

export interface DataModelWriterParts {
  readonly catalog: Catalog;
  readonly stored: StoredEntities;
  readonly names: GovernanceNames;
  readonly missing: MissingEntities;
}

/** Writes data models that differ from what their tables have. */
export class DataModelWriter {
  readonly #parts: DataModelWriterParts;

  constructor(parts: DataModelWriterParts) {
    this.#parts = parts;
  }

  async write(record: DataModelRecord): Promise<Written> {
    const key: EntityKey = { entityType: "table", fqn: record.table };
    const { catalog, stored, missing } = this.#parts;
    const found = await stored.findModel(key);
    if (!found) return missing.written(key);
    const unknown = new Set<string>();
    const model = await this.#withKnownTags(record.dataModel, unknown);
    const same = sameDataModel(found.dataModel, model);
    if (!same) {
      stored.changed(key);
      await catalog.putDataModel(found.id, model);
    }
    return {
      outcome: same ? "unchanged" : "updated",
      name: record.table,
      ...(unknown.size > 0 && { warning: `not in the catalog and left out: ${[...unknown].sort().join(", ")}` }),
    };
  }

  async #withKnownTags(model: DataModel, unknown: Set<string>): Promise<DataModel> {
    const { names } = this.#parts;
    const columns: NonNullable<DataModel["columns"]> = [];
    for (const column of model.columns ?? [])
      columns.push(column.tags ? { ...column, tags: await names.known(column.tags, unknown) } : column);
    return {
      ...model,
      ...(model.tags && { tags: await names.known(model.tags, unknown) }),
      ...(model.columns && { columns }),
    };
  }
}
