import { right, type Either, type Resolution, type SourceContext } from "@omd/core";
import { rootFqn, type EntityKey, type MetadataRecord } from "@omd/schema";
import type { AirflowClient } from "./client.ts";
import type { PipelineMetadata } from "./config.ts";
import type { DagListing } from "./dag-listing.ts";
import { contentOf, edgeMark, edgeMarkKey, edgePrefix, rememberedEdge, removedMark } from "./edge-memory.ts";
import { dagLineage, DatasetBook, pipelineEdges, type DatasetUse, type DrawnEdge } from "./lineage.ts";
import { inParallel } from "./parallel.ts";
import { endsRun, explained, reasonOf } from "./permissions.ts";
import { isRetired } from "./retired-edges.ts";
import type { Scopes } from "./scopes.ts";

const hourMs = 3_600_000;
const parallelLookups = 16;

/** Reads datasets or assets, gives the edges that the catalog does not have yet, and takes back those that are gone. */
export class LineageRecords {
  readonly #client: AirflowClient;
  readonly #context: SourceContext;
  readonly #options: Pick<PipelineMetadata, "lineageInformation" | "overrideLineage">;
  readonly #maxAgeMs: number;
  readonly #resolved = new Map<string, Resolution>();
  #begun: Promise<DatasetBook | undefined> | undefined;

  constructor(client: AirflowClient, context: SourceContext, options: PipelineMetadata, maxAgeHours: number) {
    this.#client = client;
    this.#context = context;
    this.#options = options;
    this.#maxAgeMs = maxAgeHours * hourMs;
  }

  /** Reads the datasets and looks them up while the DAGs are being read; what goes wrong comes out of {@link LineageRecords.all}. */
  begin(scopes: Scopes): void {
    this.#begun = this.#read(scopes).then(async (book) => {
      const uris = [...(book?.byUri.keys() ?? [])];
      await inParallel(uris, parallelLookups, (uri) => this.#resolve(uri));
      return book;
    });
    this.#begun.catch(() => undefined);
  }

  /** The scope of the DAGs must have ended. Throws only what ends the run. */
  async *all(listing: DagListing, scopes: Scopes): AsyncGenerator<Either<MetadataRecord>> {
    const book = await (this.#begun ?? this.#read(scopes));
    if (book === undefined) return;
    const pipeline = (dagId: string): EntityKey => ({ entityType: "pipeline", fqn: listing.fqnOf(dagId) });
    const current = new Map<string, DrawnEdge>();
    const kept = [...book.byDag].filter(([dagId]) => listing.kept.has(dagId));
    const uris = new Set(kept.flatMap(([, { inputs, outputs }]) => [...inputs, ...outputs]));
    await inParallel([...uris], parallelLookups, (uri) => this.#resolve(uri));
    for (const [dagId, datasets] of kept) {
      this.#context.signal.throwIfAborted();
      const lineage = dagLineage(pipeline(dagId), datasets, (uri) => this.#known(uri));
      for (const edge of lineage.missing) this.#context.unresolved(edge);
      for (const edge of lineage.edges) yield* this.#news(edge, current, listing);
    }
    const unresolved = new Map<string, DatasetUse>();
    for (const [uri, use] of book.byUri) if (this.#resolved.get(uri)?.kind === "unresolved") unresolved.set(uri, use);
    const present = await this.#present(unresolved, listing);
    const edges = pipelineEdges(unresolved, (dagId) => (present.has(dagId) ? pipeline(dagId) : undefined));
    for (const edge of edges) yield* this.#news(edge, current, listing);
    const { only, limit } = this.#context.selection;
    const isWhole = only.length === 0 && limit === undefined;
    if (isWhole && scopes.open("dags").state === "complete" && scopes.open("datasets").state === "complete")
      yield* this.#retired(current, book, listing);
  }

  async #read(scopes: Scopes): Promise<DatasetBook | undefined> {
    const resource = this.#client.version === "v1" ? "Datasets" : "Assets";
    const scope = scopes.open("datasets");
    const book = new DatasetBook();
    try {
      for await (const page of this.#client.datasets(scope)) for (const row of page) book.add(row);
      scope.complete();
      return book;
    } catch (thrown) {
      if (endsRun(thrown)) throw explained(thrown, resource);
      scope.fail(reasonOf(thrown, resource));
      return undefined;
    }
  }

  /** DAGs that have an entity in the catalog, from this run or an earlier one. */
  async #present(unresolved: ReadonlyMap<string, DatasetUse>, listing: DagListing): Promise<ReadonlySet<string>> {
    const present = new Set<string>();
    const dags = new Set([...unresolved.values()].flatMap((use) => [...use.producers, ...use.consumers]));
    for (const dagId of dags)
      if (listing.kept.has(dagId) || (await this.#context.known("pipeline", listing.fqnOf(dagId)))) present.add(dagId);
    return present;
  }

  async #resolve(uri: string): Promise<void> {
    if (this.#resolved.has(uri)) return;
    const found = await this.#context.resolver.dataset(uri);
    const services = Object.values(this.#options.lineageInformation ?? {}).flat();
    const outside = found.kind === "resolved" && services.length > 0 && !services.includes(rootFqn(found.entity.fqn));
    this.#resolved.set(
      uri,
      outside
        ? { kind: "unresolved", reason: "its service is not one of lineageInformation", nearest: [found.entity.fqn] }
        : found,
    );
  }

  #known(uri: string): Resolution {
    return this.#resolved.get(uri) ?? { kind: "unresolved", reason: "not looked up", nearest: [] };
  }

  /** The edge, unless it was written in this form not too long ago. */
  *#news(edge: DrawnEdge, current: Map<string, DrawnEdge>, listing: DagListing): Generator<Either<MetadataRecord>> {
    const key = edgeMarkKey(edge);
    current.set(key, edge);
    const known = rememberedEdge(this.#context.marks.get(key));
    const isKnown =
      known?.content === contentOf(edge, this.#context.fingerprint) && Date.now() - known.at < this.#maxAgeMs;
    if (!isKnown || this.#options.overrideLineage) yield this.#written(edge, listing);
  }

  /** The record with its mark. Edges of a DAG that this run does not read are not overridden: nobody would send them again. */
  #written(edge: DrawnEdge, listing: DagListing): Either<MetadataRecord> {
    const { pipeline, to } = edge.record;
    const maker = listing.dagIdOf((pipeline ?? to).fqn);
    const isOurs = (pipeline ?? to).entityType !== "pipeline" || (maker !== undefined && listing.kept.has(maker));
    const override = this.#options.overrideLineage && isOurs ? { override: true } : undefined;
    return right({ ...edge.record, ...override, marks: [edgeMark(edge, Date.now(), this.#context.fingerprint)] });
  }

  /** Removals of edges that earlier runs made and that are gone. */
  *#retired(
    current: ReadonlyMap<string, DrawnEdge>,
    book: DatasetBook,
    listing: DagListing,
  ): Generator<Either<MetadataRecord>> {
    const view = {
      dagIdOf: (fqn: EntityKey["fqn"]) => listing.dagIdOf(fqn),
      listed: listing.listed,
      kept: listing.kept,
      book,
      isResolved: (uri: string) => this.#known(uri).kind === "resolved",
    };
    const others = [...this.#context.marks.withPrefix(edgePrefix)].filter(({ key }) => !current.has(key));
    const pairs = new Map<string, DrawnEdge[]>();
    if (others.length > 0)
      for (const edge of current.values()) {
        const pair = pairOf(edge.record);
        pairs.set(pair, [...(pairs.get(pair) ?? []), edge]);
      }
    for (const { key, value } of others) {
      const memory = rememberedEdge(value);
      if (memory === undefined) this.#context.marks.forget(key);
      else if (isRetired(memory, view)) {
        yield right({ ...memory.removal, marks: [removedMark(key)] });
        // OpenMetadata has one edge per pair: the one that another DAG makes may have gone with it.
        for (const edge of pairs.get(pairOf(memory.removal)) ?? []) yield this.#written(edge, listing);
      }
    }
  }
}

function pairOf({ from, to }: { readonly from: EntityKey; readonly to: EntityKey }): string {
  return [from.entityType, from.fqn, to.entityType, to.fqn].join("\n");
}
