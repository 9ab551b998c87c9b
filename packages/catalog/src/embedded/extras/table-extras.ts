import { randomUUID } from "node:crypto";
import type { CatalogEntity } from "@omd/core";
import {
  createCustomMetric,
  dataModel,
  pipelineObservability,
  InvalidNameError,
  parseFqn,
  type DataModel,
  type PipelineObservability,
} from "@omd/schema";
import { z } from "zod";
import { badRequest } from "../columns.ts";
import { notFound, type Body, type StoredEntity } from "../entity-store.ts";
import { masked } from "../mask.ts";
import { ColumnNames } from "./column-names.ts";
import { modelledFields } from "./data-model.ts";
import { parsed, type ExtrasContext } from "./extras-context.ts";

export const customMetric = "customMetric";
export const observability = "pipelineObservability";

/** What tables have beside profiles and samples. All methods throw CatalogError 404 without the table. Source: om-api §3.6, §3.8. */
export class TableExtras {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** Its tags and owners reach the table, see {@link modelledFields}; descriptions do not. */
  putDataModel(tableId: string, body: unknown): CatalogEntity {
    const table = this.#context.live("table", tableId);
    const model = masked(parsed(dataModel, body, "data model")) as DataModel;
    this.#context.setBody(table, modelledFields(table.body, model, this.#context.references));
    return this.#context.show(table, "dataModel", "tags", "owners");
  }

  /** Of the table, or of one column. Throws CatalogError 400 for a column that it does not have. */
  putCustomMetric(tableId: string, body: unknown): CatalogEntity {
    const table = this.#context.live("table", tableId);
    const { owners = [], ...metric } = parsed(createCustomMetric, body, "custom metric");
    const key = metricKey(table, metric.columnName, metric.name);
    const known = this.#context.attachments.get(table.id, customMetric, key);
    this.#context.attachments.put(table.id, customMetric, key, {
      id: known?.id ?? randomUUID(),
      updatedAt: this.#context.clock(),
      updatedBy: this.#context.updatedBy,
      ...(masked(metric) as Body),
      ...(owners.length > 0 ? { owners: this.#context.references.owners(owners) } : {}),
    });
    return this.#context.show(table, "customMetrics");
  }

  /** Throws CatalogError 404 without the metric too. */
  deleteCustomMetric(tableId: string, name: string, columnName?: string): CatalogEntity {
    const table = this.#context.live("table", tableId);
    if (!this.#context.attachments.delete(table.id, customMetric, metricKey(table, columnName, name)))
      throw notFound("customMetric", name);
    return this.#context.show(table, "customMetrics");
  }

  /** The last runs of pipelines that fill the table; those of pipelines that the list does not name stay. */
  putObservability(tableId: string, body: unknown): CatalogEntity {
    const table = this.#context.live("table", tableId);
    for (const run of parsed(z.array(pipelineObservability), body, observability)) this.#putRun(table, run);
    return this.#context.show(table, observability);
  }

  /** The last run of the pipeline that the path names. Throws CatalogError 404 without the pipeline too. */
  putObservabilityOf(tableId: string, pipelineFqn: string, body: unknown): CatalogEntity {
    const table = this.#context.live("table", tableId);
    const run = parsed(pipelineObservability, body, observability);
    const pipeline = this.#pipeline(pipelineFqn);
    this.#putRun(table, { ...run, pipeline: { id: pipeline.id, type: "pipeline" } });
    return this.#context.show(table, observability);
  }

  #putRun(table: StoredEntity, run: PipelineObservability): void {
    const { type, id } = run.pipeline;
    if (type !== "pipeline") throw badRequest(`Entity type ${type} can't fill a table`);
    const pipeline = this.#context.live("pipeline", id);
    const { serviceType } = pipeline.body;
    this.#context.attachments.put(table.id, observability, pipeline.id, {
      // The service knows its type; what a client says of it may be no type of OpenMetadata.
      ...run,
      ...(typeof serviceType === "string" ? { serviceType } : {}),
      pipeline: { id: pipeline.id, type },
    });
  }

  #pipeline(fqn: string): StoredEntity {
    try {
      return this.#context.store.liveByFqn("pipeline", parseFqn(fqn));
    } catch (error) {
      if (error instanceof InvalidNameError) throw badRequest(error.message);
      throw error;
    }
  }
}

/** Columns by FQN, so that a metric is found however its column is named. */
function metricKey(table: StoredEntity, columnName: string | undefined, name: string): string {
  return JSON.stringify([columnName === undefined ? "" : new ColumnNames(table).fqn(columnName), name]);
}
