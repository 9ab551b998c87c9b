import { levelName } from "../artifacts/level-name.ts";
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
  readonly timeSpines = new Map<string, string>();
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
  readonly #words = new Map<string, string>();

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
        this.#indexSource(item.value);
        this.#keep("source", item.value.uniqueId, lean(item.value));
        return;
      default:
        this.#keep(item.kind, item.value.uniqueId, withoutRaw(item.value));
    }
  }

  /** Whether it is a table of this project. */
  takeTable(table: CatalogTable): boolean {
    if (!this.relations.has(table.uniqueId)) return false;
    this.#tables.set(this.#word(table.uniqueId), this.#spool.add(withoutRaw(table)));
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
    this.#places[kind].set(this.#word(uniqueId), this.#spool.add(value));
  }

  #indexNode(node: ManifestNode): void {
    const uniqueId = this.#word(node.uniqueId);
    const dependsOn = node.dependsOn.map((id) => this.#word(id));
    if (relationTypes.has(node.resourceType))
      this.relations.set(uniqueId, {
        ...this.#common(node),
        identifier: node.alias ?? node.name,
        materialized: this.#word(node.materialized),
        isEphemeral: node.materialized === "ephemeral",
        dependsOn,
        version: node.version,
      });
    else if (node.resourceType === "test")
      this.tests.set(uniqueId, {
        uniqueId,
        name: node.name,
        dependsOn,
        attachedNode: this.#word(node.test?.attachedNode),
      });
  }

  #indexSource(source: ManifestSource): void {
    this.relations.set(this.#word(source.uniqueId), {
      ...this.#common(source),
      resourceType: "source",
      identifier: source.identifier ?? source.name,
      materialized: undefined,
      isEphemeral: false,
      dependsOn: [],
      version: undefined,
    });
  }

  #common(thing: ManifestNode | ManifestSource) {
    return {
      uniqueId: this.#word(thing.uniqueId),
      resourceType: this.#word(thing.resourceType),
      name: thing.name,
      packageName: this.#word(thing.packageName),
      database: this.#word(levelName(thing.database)),
      schema: this.#word(levelName(thing.schema)),
    };
  }

  /** The same ids and names come again and again: each is held once. */
  #word<T extends string | undefined>(word: T): T {
    if (word === undefined) return word;
    const known = this.#words.get(word);
    if (known !== undefined) return known as T;
    this.#words.set(word, word);
    return word;
  }
}
