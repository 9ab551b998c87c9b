import { isRaw, type Note, type Raw } from "../artifacts/fields.ts";
import { metricOf, savedQueryOf, semanticModelOf } from "../artifacts/manifest-objects.ts";
import type { ManifestObject, SemanticManifestItem } from "../artifacts/shapes.ts";
import type { ProjectIndex } from "./project-index.ts";
import { RelationNames } from "./relation-names.ts";
import { metricInputs } from "./semantic-inputs.ts";
import type { Place, Spool } from "./spool.ts";
import { timeSpinesOf } from "./time-spines.ts";

const kinds = ["semanticModel", "metric", "savedQuery"] as const;
type Kind = (typeof kinds)[number];

const words = {
  semanticModel: { type: "semantic_model", section: "semantic_models", many: "semantic models" },
  metric: { type: "metric", section: "metrics", many: "metrics" },
  savedQuery: { type: "saved_query", section: "saved_queries", many: "saved queries" },
} as const satisfies Readonly<Record<Kind, unknown>>;

/** From this schema version on, of dbt 1.6, the manifest itself has what the semantic manifest has. */
const tellsSemanticModels = 10;
const maxNamed = 5;

export interface SemanticParts {
  readonly index: ProjectIndex;
  readonly spool: Spool;
  readonly note: Note;
}

/** A semantic manifest on its way into a project's index: on disk until it was read whole, since a file that is cut says nothing. */
export class SemanticLayer {
  readonly #parts: SemanticParts;
  readonly #names: RelationNames;
  readonly #told: Readonly<Record<Kind, Map<string, Place>>> = {
    semanticModel: new Map(),
    metric: new Map(),
    savedQuery: new Map(),
  };
  /** Unique ids by name, which no two of a kind share. */
  readonly #ids: Readonly<Record<Kind, Map<string, string>>>;
  /** Unique ids of semantic models by the names of their measures. */
  readonly #measures = new Map<string, string>();
  #configuration: Raw = {};

  constructor(parts: SemanticParts) {
    this.#parts = parts;
    this.#names = new RelationNames(parts.index.relations.values());
    const byName = (kind: Kind) => new Map(parts.index.ids(kind).map((id) => [id.slice(id.lastIndexOf(".") + 1), id]));
    this.#ids = {
      semanticModel: byName("semanticModel"),
      metric: byName("metric"),
      savedQuery: byName("savedQuery"),
    };
  }

  take(item: SemanticManifestItem): void {
    const { spool, note } = this.#parts;
    if (item.kind === "configuration") this.#configuration = item.raw;
    else if (this.#told[item.kind].has(item.name))
      note(`${words[item.kind].many} of the same name: the first counts (${item.name})`);
    else this.#told[item.kind].set(item.name, spool.add(item.raw));
  }

  /**
   * Whether the file is of another project, or of another environment of this one, which it does not say itself: none of its semantic models
   * is on a table of the project or, where it has none, nothing in it has a name that the project has.
   */
  isForeign(): boolean {
    const { semanticModel, ...others } = this.#told;
    if (semanticModel.size > 0)
      return ![...semanticModel.values()].some((place) => this.#relationOf(this.#read(place)) !== undefined);
    const named = Object.entries(others).flatMap(([kind, told]) =>
      [...told.keys()].map((name) => this.#ids[kind as Kind].has(name)),
    );
    return named.length > 0 && !named.includes(true);
  }

  /** Brings what the manifest lacks into the index. `project` is the package of what is told of no package. */
  bring(project: string): void {
    const { index } = this.#parts;
    for (const [id, grain] of timeSpinesOf(this.#configuration, this.#names)) index.timeSpines.set(id, grain);
    if ((index.metadata?.schemaVersion ?? tellsSemanticModels) < tellsSemanticModels) this.#name(project);
    // Measures are asked for by metrics.
    for (const kind of kinds) for (const [name, place] of this.#told[kind]) this.#fill(kind, name, this.#read(place));
    for (const kind of kinds) this.#tellLeft(kind);
  }

  /** Things that the manifest cannot have get ids of their own. */
  #name(project: string): void {
    for (const kind of kinds)
      for (const name of this.#told[kind].keys())
        if (!this.#ids[kind].has(name)) this.#ids[kind].set(name, `${words[kind].type}.${project}.${name}`);
  }

  #fill(kind: Kind, name: string, raw: Raw): void {
    const { index, note } = this.#parts;
    const id = this.#ids[kind].get(name);
    if (id === undefined) return;
    const { section } = words[kind];
    if (kind === "semanticModel") {
      const relation = this.#relationOf(raw);
      const told = { ...semanticModelOf(id, raw, section, note), dependsOn: relation === undefined ? [] : [relation] };
      const value = filled(index.load(kind, id), told);
      for (const measure of value.measures) this.#measures.set(String(measure["name"]), id);
      index.take({ kind, value });
    } else if (kind === "metric") {
      const told = metricOf(id, raw, section, note);
      const value = filled(index.load(kind, id), { ...told, dependsOn: this.#above(told.typeParams) });
      index.take({ kind, value });
    } else {
      const told = savedQueryOf(id, raw, section, note);
      const { metrics } = told.queryParams;
      const dependsOn = [metrics].flat().flatMap((one) => this.#ids.metric.get(String(one)) ?? []);
      index.take({ kind, value: filled(index.load(kind, id), { ...told, dependsOn }) });
    }
  }

  /** What a metric is worked out from. */
  #above(typeParams: Raw): string[] {
    const { measures, metrics, semanticModels } = metricInputs(typeParams);
    const found = metrics.length > 0 ? [] : measures.flatMap((name) => this.#measures.get(name) ?? []);
    found.push(...metrics.flatMap((name) => this.#ids.metric.get(name) ?? []));
    found.push(...semanticModels.flatMap((name) => this.#ids.semanticModel.get(name) ?? []));
    return [...new Set(found)];
  }

  /** A file that was left behind must not bring back what is gone from the manifest. */
  #tellLeft(kind: Kind): void {
    const left = [...this.#told[kind].keys()].filter((name) => !this.#ids[kind].has(name));
    if (left.length === 0) return;
    const names = `${left.slice(0, maxNamed).join(", ")}${left.length > maxNamed ? ", …" : ""}`;
    this.#parts.note(`${words[kind].many} that the manifest does not have are left out: ${left.length} (${names})`);
  }

  #relationOf({ node_relation: relation }: Raw): string | undefined {
    return this.#names.ofNode(relation);
  }

  #read(place: Place): Raw {
    return this.#parts.spool.read(place) as Raw;
  }
}

/** What the manifest says, and where it says nothing what is told; objects key by key. */
function filled<T extends ManifestObject>(known: T | undefined, told: T): T {
  if (known === undefined) return told;
  const members = Object.entries({ ...told, ...known }).map(([key, value]: [string, unknown]) => {
    const other: unknown = told[key as keyof T];
    if (isRaw(value) && isRaw(other)) return [key, { ...present(other), ...present(value) }];
    return [key, Array.isArray(value) && value.length === 0 ? (other ?? value) : value];
  });
  return Object.fromEntries(members) as T;
}

/** dbt writes null for what is not told. */
function present(raw: Raw): Raw {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null && value !== undefined));
}
