import type { SourceContext } from "@omd/core";
import { saidOf, saidSet, type EntitySet, type FQN, type Mark, type SaidSet } from "@omd/schema";
import type { Relation } from "../project/view.ts";

export interface Saying {
  readonly relation: Pick<Relation, "uniqueId" | "resourceType">;
  readonly table: FQN;
  /** All that dbt says now. */
  readonly set: EntitySet;
  readonly includesTags: boolean;
}

export interface Heard {
  /** What the catalog may still have and dbt no longer means; empty while dbt says the same as before. */
  readonly said: readonly SaidSet[];
  /** Remembers what is said now; undefined when that is remembered. */
  readonly mark: Mark | undefined;
}

const prefixOf = (table: FQN): string => `said/${table}/`;

/** What dbt said of each table in earlier runs and in this one: by this its own words are told from those of people. */
export class Sayings {
  readonly #marks: Pick<SourceContext["marks"], "get" | "withPrefix">;
  /** Words of sources in this run, by table: a model of another project may come behind them. */
  readonly #ofSources = new Map<FQN, SaidSet[]>();

  constructor({ marks }: Pick<SourceContext, "marks">) {
    this.#marks = marks;
  }

  /** A model's words take the place of a source's; never the other way. */
  hear({ relation, table, set, includesTags }: Saying): Heard {
    const key = prefixOf(table) + relation.uniqueId;
    const text = this.#marks.get(key);
    const before = read(text);
    // Tags that are not wanted in this run stay what they are.
    const { tags, columnTags } = includesTags ? saidOf(set) : (before ?? {});
    const now: SaidSet = { ...saidOf(set), ...(tags && { tags }), ...(columnTags && { columnTags }) };
    const value = JSON.stringify(now);
    const isSource = relation.resourceType === "source";
    if (isSource) this.#ofSources.set(table, [...(this.#ofSources.get(table) ?? []), now]);
    if (value === text || (text === undefined && value === "{}")) return { said: [], mark: undefined };
    const others = isSource ? [] : this.#sourcesOf(table).map((one) => replaced(one, now));
    const own = before && { ...before, ...this.#goneTags(key, table, before, includesTags) };
    const said = [...(own ? [own] : []), ...others].filter((one) => Object.values(one).some(Boolean));
    return { said, mark: { key, value } };
  }

  /** What another model or source of the same table says too stays. */
  #goneTags(key: string, table: FQN, before: SaidSet, includesTags: boolean): Pick<SaidSet, "tags" | "columnTags"> {
    if (!includesTags) return { tags: undefined, columnTags: undefined };
    const others = [...this.#marks.withPrefix(prefixOf(table))].filter((mark) => mark.key !== key);
    const kept = new Set(others.flatMap(({ value }) => read(value)?.tags ?? []));
    return { tags: before.tags?.filter((tag) => !kept.has(tag)) };
  }

  #sourcesOf(table: FQN): SaidSet[] {
    const known = [...this.#marks.withPrefix(`${prefixOf(table)}source.`)].flatMap(({ value }) => read(value) ?? []);
    return [...known, ...(this.#ofSources.get(table) ?? [])];
  }
}

/** Of another's words those that are said anew: what it alone says stays. */
function replaced(other: SaidSet, now: SaidSet): SaidSet {
  const members = (field: "columnDescriptions" | "extension"): Record<string, string> =>
    Object.fromEntries(Object.entries(other[field] ?? {}).filter(([name]) => now[field]?.[name] !== undefined));
  return {
    ...(now.description !== undefined && { description: other.description }),
    ...(now.owners !== undefined && { owners: other.owners }),
    ...(now.domains !== undefined && { domains: other.domains }),
    ...(now.tier !== undefined && { tier: other.tier }),
    columnDescriptions: members("columnDescriptions"),
    extension: members("extension"),
  };
}

function read(text: string | undefined): SaidSet | undefined {
  try {
    return saidSet.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}
