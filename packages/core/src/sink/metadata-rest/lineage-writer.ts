import type {
  EntityKey,
  EntityReference,
  EntityType,
  LineageDetails,
  LineageRecord,
  LineageRemovalRecord,
} from "@omd/schema";
import { CatalogError } from "../../errors.ts";
import type { Catalog, Written } from "../../contracts/index.ts";
import type { KnownEntities, KnownEntity } from "./known-entities.ts";

/** Writes edges between entities named by FQN. */
export class LineageWriter {
  readonly #catalog: Catalog;
  readonly #known: KnownEntities;
  readonly #overridden = new Map<string, Promise<void>>();
  /** Pairs with an end that this run made, and an edge by this run. */
  readonly #drawn = new Set<string>();

  constructor(catalog: Catalog, known: KnownEntities) {
    this.#catalog = catalog;
    this.#known = known;
  }

  /** Whether both ends and the pipeline are in the catalog. */
  async canWrite(record: LineageRecord): Promise<boolean> {
    for (const key of endsOf(record)) if ((await this.#known.find(key)) === undefined) return false;
    return true;
  }

  /** Throws CatalogError naming the end that is missing. */
  async write(record: LineageRecord): Promise<Written> {
    const [start, end] = [await this.#known.find(record.from), await this.#known.find(record.to)];
    const from = referenceOf(record.from, start);
    const to = referenceOf(record.to, end);
    const details: LineageDetails = {
      source: record.source,
      ...(record.sqlQuery !== undefined && { sqlQuery: record.sqlQuery }),
      ...(record.description !== undefined && { description: record.description }),
      ...(record.columnsLineage && { columnsLineage: record.columnsLineage }),
      ...(record.pipeline && { pipeline: referenceOf(record.pipeline, await this.#known.find(record.pipeline)) }),
    };
    if (record.override) await this.#override(record, makerOf(record, details.pipeline) ?? to);
    const isNew = (start?.isNew === true || end?.isNew === true) && this.#isFirst(`${from.id} ${to.id}`);
    return { outcome: await this.#catalog.putLineage({ from, to, details }, { isNew }), name: lineageName(record) };
  }

  #isFirst(pair: string): boolean {
    if (this.#drawn.has(pair)) return false;
    this.#drawn.add(pair);
    return true;
  }

  async remove({ from, to, source, pipeline }: LineageRemovalRecord): Promise<void> {
    const maker = pipeline && (await this.#known.find(pipeline));
    // Its edges went with it; without it the pair's other edges would be meant.
    if (pipeline && !maker) return;
    const [start, end] = [await this.#known.find(from), await this.#known.find(to)];
    if (start && end) {
      await this.#catalog.deleteLineage(
        { id: start.id, type: from.entityType },
        { id: end.id, type: to.entityType },
        maker?.id,
        source,
      );
    }
  }

  /** Once per maker and run: what it made before goes, so that what it makes now is the whole. Edges wait until that is done. */
  #override(record: LineageRecord, owner: EntityReference): Promise<void> {
    const key = `${owner.id} ${record.source}`;
    const begun = this.#overridden.get(key);
    if (begun) return begun;
    const removal = this.#catalog.deleteLineageBySource(owner.type as EntityType, owner.id, record.source);
    this.#overridden.set(key, removal);
    return removal;
  }
}

/** The catalog knows pipelines as makers of `PipelineLineage` only; edges of other sources go by what they lead to. */
function makerOf({ source }: LineageRecord, pipeline: EntityReference | undefined): EntityReference | undefined {
  return source === "PipelineLineage" ? pipeline : undefined;
}

function referenceOf(key: EntityKey, found: KnownEntity | undefined): EntityReference {
  if (!found) throw new CatalogError(`${key.entityType} instance for ${key.fqn} not found`, { status: 404 });
  return { id: found.id, type: key.entityType };
}

export function endsOf(record: LineageRecord): EntityKey[] {
  return record.pipeline ? [record.from, record.to, record.pipeline] : [record.from, record.to];
}

export function lineageName(record: { from: EntityKey; to: EntityKey }): string {
  return `${record.from.fqn} → ${record.to.fqn}`;
}
