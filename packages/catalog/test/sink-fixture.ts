import type { Catalog, Either, Notice, Written } from "@omd/core";
import type { EntityRecord, MetadataRecord } from "@omd/schema";
import { KnownEntities } from "../../core/src/sink/metadata-rest/known-entities.ts";
import { MetadataRestSink } from "../../core/src/sink/metadata-rest/sink.ts";

// Unknown tags are asked for twice: the catalog may have to make them.
const reads = new Set(["seedTag", "get", "list", "search", "testResults", "connect", "findOwner", "customProperties"]);

/** What a run of the sink did. */
export interface SinkRun {
  /** Outcome of each record in order, or `failed: …`. */
  readonly outcomes: string[];
  readonly warnings: string[];
  readonly notices: readonly Notice[];
  /** Calls of the catalog that write, and those that read. */
  readonly writes: string[];
  readonly reads: string[];
}

/** Gives all records at once to a sink over the catalog, as one run does. */
export async function runSink(
  catalog: Catalog,
  records: readonly MetadataRecord[],
  overrideMetadata = false,
): Promise<SinkRun> {
  const calls: string[] = [];
  const counted = new Proxy(catalog, {
    get: (target, name: keyof Catalog) => {
      const member: unknown = target[name];
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        if (name !== "flush") calls.push(name);
        return (member as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  const sink = new MetadataRestSink({
    catalog: counted,
    known: new KnownEntities(counted),
    overrideMetadata,
    forceEntityOverwriting: false,
    storeServiceConnection: true,
  });
  const running = records.map((record) => sink.run(record));
  await sink.flush();
  const results: Either<Written>[] = await Promise.all(running);
  return {
    outcomes: results.map(({ left, right }) => right?.outcome ?? `failed: ${left?.error ?? ""}`),
    warnings: results.flatMap(({ right }) => right?.warning ?? []),
    notices: results.flatMap(({ right }) => right?.notices ?? []),
    writes: calls.filter((call) => !reads.has(call)),
    reads: calls.filter((call) => reads.has(call)),
  };
}

/** An entity record from its loose parts. */
export function entityRecord(entityType: EntityRecord["entityType"], request: object): EntityRecord {
  return { kind: "entity", entityType, request } as EntityRecord;
}
