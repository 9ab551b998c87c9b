import type { CatalogEntity } from "@omd/core";
import { messageSample, tableData, type TableData } from "@omd/schema";
import { badRequest } from "../columns.ts";
import { notFound, type StoredEntity } from "../entity-store.ts";
import { ColumnNames } from "./column-names.ts";
import { parsed, type ExtrasContext } from "./extras-context.ts";
import { maskedMessage, maskedRows } from "./masked-sample.ts";

export const sampleData = "sampleData";
/** Types whose samples are messages. */
const messageTypes: ReadonlySet<string> = new Set(["topic", "searchIndex"]);
/** Types whose samples are rows without columns that the catalog knows. */
const fileTypes: ReadonlySet<string> = new Set(["file", "worksheet"]);

/** Samples of tables, topics, search indexes and files. Source: om-api §2.4, §3.6. */
export class Samples {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** Throws CatalogError: 404 without the entity, 400 for columns that it does not have and for rows of another length. */
  put(type: string, id: string, body: unknown): CatalogEntity {
    const entity = this.#context.live(type, id);
    this.#context.attachments.put(entity.id, sampleData, "", read(entity, body));
    return this.#context.show(entity, sampleData);
  }

  /** The entity with its sample, if it has one. Throws CatalogError 404. */
  get(type: string, id: string): CatalogEntity {
    return this.#context.show(this.#context.live(type, id), sampleData);
  }

  /** Throws CatalogError 404. */
  delete(type: string, id: string): CatalogEntity {
    const entity = this.#context.live(type, id);
    this.#context.attachments.delete(entity.id, sampleData);
    return this.#context.show(entity, sampleData);
  }
}

function read(entity: StoredEntity, body: unknown): object {
  if (messageTypes.has(entity.type)) {
    const { messages } = parsed(messageSample, body, "sample data");
    return { messages: messages.map(maskedMessage) };
  }
  if (entity.type === "table") return checkedRows(body, new ColumnNames(entity));
  if (fileTypes.has(entity.type)) return checkedRows(body);
  throw notFound(`${entity.type} sample`, entity.id);
}

/** Rows without secrets; `columns` are those that may be named. Throws CatalogError 400. */
export function checkedRows(body: unknown, columns?: ColumnNames): TableData {
  const data = parsed(tableData, body, "sample data");
  columns?.check(data.columns);
  for (const [at, row] of data.rows.entries()) {
    if (row.length !== data.columns.length)
      throw badRequest(`Number of columns is ${data.columns.length} but row ${at} has ${row.length} sample values`);
  }
  return maskedRows(data);
}
