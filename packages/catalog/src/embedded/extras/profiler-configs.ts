import type { CatalogEntity } from "@omd/core";
import { databaseProfilerConfig, tableProfilerConfig } from "@omd/schema";
import type { z } from "zod";
import type { StoredEntity } from "../entity-store.ts";
import { masked } from "../mask.ts";
import { ColumnNames } from "./column-names.ts";
import { parsed, type ExtrasContext } from "./extras-context.ts";

/** The field that holds the configuration, by type of entity. */
export const profilerConfigFields = {
  table: "tableProfilerConfig",
  database: "databaseProfilerConfig",
  databaseSchema: "databaseSchemaProfilerConfig",
} as const;
export type ProfiledType = keyof typeof profilerConfigFields;

/** How tables, and those of a database or schema, are profiled. All methods throw CatalogError 404. Source: om-api §3.6. */
export class ProfilerConfigs {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** Throws CatalogError 400 too, for a column that the table does not have. */
  put(type: ProfiledType, id: string, body: unknown): CatalogEntity {
    const entity = this.#context.live(type, id);
    const config = type === "table" ? readTable(entity, body) : parsed(databaseProfilerConfig, body, "profiler config");
    this.#context.setBody(entity, { [profilerConfigFields[type]]: masked(config) });
    return this.get(type, id);
  }

  get(type: ProfiledType, id: string): CatalogEntity {
    return this.#context.show(this.#context.live(type, id), profilerConfigFields[type]);
  }

  delete(type: ProfiledType, id: string): CatalogEntity {
    this.#context.setBody(this.#context.live(type, id), { [profilerConfigFields[type]]: undefined });
    return this.get(type, id);
  }
}

function readTable(table: StoredEntity, body: unknown): z.infer<typeof tableProfilerConfig> {
  const config = parsed(tableProfilerConfig, body, "profiler config");
  const columns = new ColumnNames(table);
  columns.check(config.excludeColumns ?? []);
  columns.check((config.includeColumns ?? []).flatMap(({ columnName }) => columnName ?? []));
  const partition = config.partitioning?.partitionColumnName;
  // A partition by the time of ingestion has columns that no table lists.
  if (partition !== undefined && !partition.startsWith("_")) columns.check([partition]);
  return config;
}
