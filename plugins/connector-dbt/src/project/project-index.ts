import type {
  ArtifactMetadata,
  CatalogTable,
  ManifestItem,
  ManifestNode,
  ManifestSource,
} from "../artifacts/shapes.ts";
import { lean, withoutRaw } from "./lean.ts";
import type { Place, Spool } from "./spool.ts";
import type { Loaded, Relation, TestEntry } from "./view.ts";

const relationTypes: ReadonlySet<string> = new Set(["model", "seed", "snapshot"]);

/** What stays in memory of a manifest and a catalog, and where in the spool the rest lies. */
export class ProjectIndex {
  readonly relations = new Map<string, Relation>();
  readonly tests = new Map<string, TestEntry>();
  metadata: ArtifactMetadata | undefined;
  readonly #spool: Spool;
  readonly #places: Readonly<Record<keyof Loaded, Map<string, Place>>> = {
    node: new Map(),
    source: new Map(),
    exposure: new Map(),
    metric: new Map(),
    semanticModel: new Map(),
    group: new Map(),
    savedQuery: new Map(),
    unitTest: new Map(),
  };
  readonly #tables = new Map<string, Place>();
  readonly #disabled = new Set<string>();

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  take(item: ManifestItem): void {
    switch (item.kind) {
      case "metadata":
        this.metadata = withoutRaw(item.value);
        return;
      case "disabled":
        this.#disabled.add(item.value.uniqueId);
        return;
      case "node":
        this.#indexNode(item.value);
        this.#keep("node", item.value.uniqueId, lean(item.value));
        return;
      case "source":
        this.relations.set(item.value.uniqueId, relationOfSource(item.value));
        this.#keep("source", item.value.uniqueId, lean(item.value));
        return;
      default:
        this.#keep(item.kind, item.value.uniqueId, withoutRaw(item.value));
    }
  }

  /** Whether it is a table of this project. */
  takeTable(table: CatalogTable): boolean {
    if (!this.relations.has(table.uniqueId)) return false;
    this.#tables.set(table.uniqueId, this.#spool.add(withoutRaw(table)));
    return true;
  }

  /** Whether the manifest has a node, source or unit test of this id. */
  knows(uniqueId: string): boolean {
    const { node, source, unitTest, exposure, savedQuery } = this.#places;
    return [node, source, unitTest, exposure, savedQuery].some((places) => places.has(uniqueId));
  }

  /** Ids that are switched off in all their definitions. */
  disabled(): string[] {
    return [...this.#disabled].filter((uniqueId) => !this.knows(uniqueId));
  }

  ids(kind: keyof Loaded): readonly string[] {
    return [...this.#places[kind].keys()];
  }

  load<K extends keyof Loaded>(kind: K, uniqueId: string): Loaded[K] | undefined {
    const place = this.#places[kind].get(uniqueId);
    return place === undefined ? undefined : (this.#spool.read(place) as Loaded[K]);
  }

  table(uniqueId: string): CatalogTable | undefined {
    const place = this.#tables.get(uniqueId);
    return place === undefined ? undefined : (this.#spool.read(place) as CatalogTable);
  }

  #keep(kind: keyof Loaded, uniqueId: string, value: unknown): void {
    this.#places[kind].set(uniqueId, this.#spool.add(value));
  }

  #indexNode(node: ManifestNode): void {
    if (relationTypes.has(node.resourceType)) this.relations.set(node.uniqueId, relationOfNode(node));
    else if (node.resourceType === "test")
      this.tests.set(node.uniqueId, {
        uniqueId: node.uniqueId,
        name: node.name,
        dependsOn: node.dependsOn,
        attachedNode: node.test?.attachedNode,
      });
  }
}

function relationOfNode(node: ManifestNode): Relation {
  return {
    uniqueId: node.uniqueId,
    resourceType: node.resourceType,
    name: node.name,
    packageName: node.packageName,
    database: named(node.database),
    schema: named(node.schema),
    identifier: node.alias ?? node.name,
    materialized: node.materialized,
    isEphemeral: node.materialized === "ephemeral",
    dependsOn: node.dependsOn,
    version: node.version,
  };
}

function relationOfSource(source: ManifestSource): Relation {
  return {
    uniqueId: source.uniqueId,
    resourceType: "source",
    name: source.name,
    packageName: source.packageName,
    database: named(source.database),
    schema: named(source.schema),
    identifier: source.identifier ?? source.name,
    materialized: undefined,
    isEphemeral: false,
    dependsOn: [],
    version: undefined,
  };
}

/** Adapters without databases or schemas write none in several ways. */
function named(name: string | undefined): string | undefined {
  return name === undefined || /^(?:none|null|)$/iu.test(name) ? undefined : name;
}
