import { hash } from "node:crypto";
import { right, type Either, type Resolution, type SourceContext } from "@omd/core";
import { rootFqn, type EntityKey, type LineageRecord, type MetadataRecord } from "@omd/schema";
import type { AirflowClient } from "./client.ts";
import type { PipelineMetadata } from "./config.ts";
import type { DagListing } from "./dag-listing.ts";
import { dagLineage, DatasetBook, edgeKey, pipelineEdges, type DatasetUse } from "./lineage.ts";
import { endsRun, explained, reasonOf } from "./permissions.ts";
import type { Scopes } from "./scopes.ts";

const markPrefix = "edge/";
const hourMs = 3_600_000;

/** Reads datasets or assets and gives the edges that the catalog does not have yet. */
export class LineageRecords {
  readonly #client: AirflowClient;
  readonly #context: SourceContext;
  readonly #options: Pick<PipelineMetadata, "lineageInformation">;
  readonly #maxAgeMs: number;
  readonly #resolved = new Map<string, Resolution>();

  constructor(client: AirflowClient, context: SourceContext, options: PipelineMetadata, maxAgeHours: number) {
    this.#client = client;
    this.#context = context;
    this.#options = options;
    this.#maxAgeMs = maxAgeHours * hourMs;
  }

  /** Throws only what ends the run. */
  async *all(listing: DagListing, scopes: Scopes): AsyncGenerator<Either<MetadataRecord>> {
    const book = await this.#read(scopes);
    if (book === undefined) return;
    const pipeline = (dagId: string): EntityKey => ({ entityType: "pipeline", fqn: listing.fqnOf(dagId) });
    const current = new Set<string>();
    for (const [dagId, datasets] of book.byDag) {
      if (!listing.kept.has(dagId)) continue;
      this.#context.signal.throwIfAborted();
      for (const uri of [...datasets.inputs, ...datasets.outputs]) await this.#resolve(uri);
      const lineage = dagLineage(pipeline(dagId), datasets, (uri) => this.#known(uri));
      for (const edge of lineage.missing) this.#context.unresolved(edge);
      for (const edge of lineage.edges) yield* this.#news(edge, current);
    }
    const unresolved = new Map<string, DatasetUse>();
    for (const [uri, use] of book.byUri) if (this.#resolved.get(uri)?.kind === "unresolved") unresolved.set(uri, use);
    const present = await this.#present(unresolved, listing);
    const edges = pipelineEdges(unresolved, (dagId) => (present.has(dagId) ? pipeline(dagId) : undefined));
    for (const edge of edges) yield* this.#news(edge, current);
    if (this.#context.selection.only.length > 0 || this.#context.selection.limit !== undefined) return;
    for (const { key } of this.#context.marks.withPrefix(markPrefix))
      if (!current.has(key)) this.#context.marks.forget(key);
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
    const { dbServiceNames = [], storageServiceNames = [] } = this.#options.lineageInformation ?? {};
    const services = [...dbServiceNames, ...storageServiceNames];
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
  *#news(edge: LineageRecord, current: Set<string>): Generator<Either<MetadataRecord>> {
    const key = markPrefix + hash("sha1", edgeKey(edge), "base64url");
    current.add(key);
    const content = hash("sha1", edge.description ?? "", "base64url");
    const [known, at] = (this.#context.marks.get(key) ?? "").split(" ");
    if (known === content && Date.now() - Number(at) < this.#maxAgeMs) return;
    yield right({ ...edge, marks: [{ key, value: `${content} ${Date.now()}` }] });
  }
}
