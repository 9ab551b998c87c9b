import type { EntityReference, EntityType, FQN } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";
import { stored, type Body, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { matchesIn, wordsOf, type SearchMatch } from "./search-matches.ts";

export const facetKinds = ["type", "service", "tag", "owner"] as const;
export type FacetKind = (typeof facetKinds)[number];

export interface FacetSearchOptions {
  /** Words, each whole or the beginning of one; all must be found. Empty: everything. */
  readonly text: string;
  /** Several values of a kind are alternatives; kinds are joined by "and". Services by name, tags by FQN. */
  readonly filters?: Readonly<Partial<Record<FacetKind, readonly string[]>>> | undefined;
  /** Default 20. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

export interface FacetHit {
  readonly id: string;
  readonly type: EntityType;
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly fqn: FQN;
  readonly description?: string | undefined;
  readonly service?: string | undefined;
  readonly serviceType?: string | undefined;
  readonly owners: readonly string[];
  readonly tags: readonly string[];
  readonly deleted: boolean;
  readonly matched: readonly SearchMatch[];
}

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

export interface FacetSearchResult {
  /** Counted up to {@link maxCounted}; so are the facets. */
  readonly total: number;
  /** Whether there are more than were counted. */
  readonly more: boolean;
  readonly hits: readonly FacetHit[];
  /** For each kind what choosing a value would leave, apart from the choice of that kind itself; most frequent first. */
  readonly facets: Readonly<Record<FacetKind, readonly FacetCount[]>>;
}

/** Most matches that are counted and sorted by their facets. */
export const maxCounted = 10_000;
const shownValues = 50;

/** Where words are looked for, best first. */
const tiers = ["name", "name part", "name part fqn", "name part fqn tag owner", "name part fqn tag owner description"];

/** Search by words over non-deleted entities, with counts by type, service, tag and owner. */
export class FacetSearch {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;
  #all: { stamp: string; counts: Record<FacetKind, FacetCount[]>; total: number } | undefined;

  constructor(db: CatalogDatabase, store: EntityStore) {
    this.#db = db;
    this.#store = store;
  }

  search({ text, filters = {}, limit = 20, offset = 0 }: FacetSearchOptions): FacetSearchResult {
    const words = wordsOf(text);
    if (words.length === 0 && text.trim() !== "") return nothing;
    const chosen = facetKinds.filter((kind) => (filters[kind]?.length ?? 0) > 0);
    const narrowed = this.#facetTerms(filters, chosen);
    const hits = this.#page(words, narrowed, offset + limit).slice(offset);
    const shown = hits.flatMap((doc) => this.#hit(doc, words) ?? []);
    if (words.length === 0 && chosen.length === 0) {
      const { counts, total } = this.#everything();
      return { total, more: false, hits: shown, facets: counts };
    }
    const docs = this.#docs(match(tiers.at(-1), words, narrowed), maxCounted + 1);
    const facets = { ...this.#count(docs) };
    for (const kind of chosen) {
      const others = this.#facetTerms(
        filters,
        chosen.filter((other) => other !== kind),
      );
      facets[kind] = this.#count(this.#docs(match(tiers.at(-1), words, others), maxCounted))[kind];
    }
    return { total: Math.min(docs.length, maxCounted), more: docs.length > maxCounted, hits: shown, facets };
  }

  /** Number of non-deleted entities by service id and type; those of no service have the id `""`. */
  byService(): { service: string; type: EntityType; count: number }[] {
    return this.#db
      .all("SELECT service_id, type, count(*) AS n FROM search_doc WHERE deleted = 0 GROUP BY service_id, type")
      .map((row) => ({ service: String(row.service_id ?? ""), type: row.type as EntityType, count: Number(row.n) }));
  }

  /** Numbers of the best matches, up to `wanted`: first those named so, then tier by tier, short names before long ones. */
  #page(words: readonly string[], terms: readonly string[], wanted: number): number[] {
    const found = new Set<number>();
    if (words.length === 0) return this.#sorted(match(undefined, words, terms), wanted, "");
    const phrase = words.join("_");
    for (const tier of tiers) {
      if (found.size >= wanted) break;
      for (const doc of this.#sorted(match(tier, words, terms), wanted + found.size, phrase)) found.add(doc);
    }
    return [...found].slice(0, wanted);
  }

  /** Without a phrase by FQN. */
  #sorted(query: string, wanted: number, phrase: string): number[] {
    return this.#db
      .all(
        `SELECT d.doc FROM (SELECT rowid FROM search_text WHERE search_text MATCH ?1 LIMIT ?2) m JOIN search_doc d ON d.doc = m.rowid
          JOIN entity e ON e.id = d.entity_id
          ORDER BY e.name_lower <> ?3, instr(e.name_lower, ?3) <> 1, iif(?3 = '', 0, length(e.fqn)), e.fqn, e.type LIMIT ?4`,
        query,
        Math.max(1000, wanted),
        phrase,
        wanted,
      )
      .map((row) => Number(row.doc));
  }

  #docs(query: string, limit: number): number[] {
    return this.#db
      .all("SELECT rowid AS doc FROM search_text WHERE search_text MATCH ? LIMIT ?", query, limit)
      .map((row) => Number(row.doc));
  }

  /** Filters as words of the column `facet`; a service that nobody knows matches nothing. */
  #facetTerms(filters: FacetSearchOptions["filters"], kinds: readonly FacetKind[]): string[] {
    const alternatives = kinds.map((kind) => {
      const values = filters?.[kind] ?? [];
      const tokens =
        kind === "service"
          ? values.flatMap((name) => this.#serviceTokens(name))
          : values.map((value) => token(kind, value));
      return `(${(tokens.length > 0 ? tokens : ["nowhere"]).join(" OR ")})`;
    });
    return ["live", ...alternatives];
  }

  #serviceTokens(name: string): string[] {
    return this.#db
      .all("SELECT id FROM entity WHERE name = ? AND name_lower = lower(?1) AND type LIKE '%Service'", name)
      .map((row) => `service${String(row.id).replaceAll("-", "")}`);
  }

  #count(docs: readonly number[]): Record<FacetKind, FacetCount[]> {
    const ids = JSON.stringify(docs.slice(0, maxCounted));
    const byDoc = this.#db.all(
      `SELECT d.type, s.name AS service, count(*) AS n FROM json_each(?) m JOIN search_doc d ON d.doc = m.value
        LEFT JOIN entity s ON s.id = d.service_id GROUP BY d.type, d.service_id`,
      ids,
    );
    const labels = this.#db.all(
      "SELECT l.kind, l.value, count(*) AS n FROM json_each(?) m JOIN search_label l ON l.doc = m.value GROUP BY l.kind, l.value",
      ids,
    );
    return counted(byDoc, labels);
  }

  /** Counts over all entities; kept until the file changes. */
  #everything(): { counts: Record<FacetKind, FacetCount[]>; total: number } {
    const row = this.#db.get("SELECT data_version, total_changes() AS own FROM pragma_data_version");
    const stamp = `${row?.data_version} ${row?.own}`;
    if (this.#all?.stamp === stamp) return this.#all;
    const byDoc = this.#db.all(
      `SELECT d.type, s.name AS service, d.n FROM (SELECT service_id, type, count(*) AS n FROM search_doc WHERE deleted = 0
        GROUP BY service_id, type) d LEFT JOIN entity s ON s.id = d.service_id`,
    );
    const labels = this.#db.all("SELECT kind, value, count(*) AS n FROM search_label GROUP BY kind, value");
    const total = byDoc.reduce((sum, { n }) => sum + Number(n), 0);
    this.#all = { stamp, counts: counted(byDoc, labels), total };
    return this.#all;
  }

  #hit(doc: number, words: readonly string[]): FacetHit | undefined {
    const entity = stored(
      this.#db.get("SELECT e.* FROM search_doc d JOIN entity e ON e.id = d.entity_id WHERE d.doc = ?", doc),
    );
    return entity && this.#shown(entity, words);
  }

  #shown(entity: StoredEntity, words: readonly string[]): FacetHit {
    const { displayName, description, service, serviceType } = entity.body;
    const owners = this.#names(entity.body.owners);
    const tags = ((entity.body.tags ?? []) as Body[]).map((tag) => String(tag.tagFQN));
    const serviceName = service ? this.#store.reference(String((service as EntityReference).id))?.name : undefined;
    return {
      id: entity.id,
      type: entity.type,
      name: entity.name,
      ...(typeof displayName === "string" ? { displayName } : {}),
      fqn: entity.fqn as FQN,
      ...(typeof description === "string" ? { description } : {}),
      ...(serviceName === undefined ? {} : { service: serviceName }),
      ...(typeof serviceType === "string" ? { serviceType } : {}),
      owners,
      tags,
      deleted: entity.deleted,
      matched: matchesIn(entity, owners, words),
    };
  }

  #names(references: unknown): string[] {
    if (!Array.isArray(references)) return [];
    return (references as EntityReference[]).flatMap(({ id }) => this.#store.reference(id)?.name ?? []);
  }
}

const nothing: FacetSearchResult = {
  total: 0,
  more: false,
  hits: [],
  facets: { type: [], service: [], tag: [], owner: [] },
};

/** An FTS5 query: all words, the last of which may go on, in some columns; and all facet terms. */
function match(columns: string | undefined, words: readonly string[], terms: readonly string[]): string {
  const narrow = `facet : (${terms.join(" AND ")})`;
  if (words.length === 0 || columns === undefined) return narrow;
  return `{${columns}} : (${words.map((word) => `"${word}"*`).join(" AND ")}) AND ${narrow}`;
}

function token(kind: FacetKind, value: string): string {
  return `${kind}${Buffer.from(value, "utf8").toString("hex")}`;
}

function counted(byDoc: readonly Row[], labels: readonly Row[]): Record<FacetKind, FacetCount[]> {
  const of = (rows: readonly Row[], value: (row: Row) => unknown): FacetCount[] => {
    const sums = new Map<string, number>();
    for (const row of rows) {
      const key = value(row);
      if (typeof key === "string") sums.set(key, (sums.get(key) ?? 0) + Number(row.n));
    }
    return [...sums]
      .map(([key, count]) => ({ value: key, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, shownValues);
  };
  return {
    type: of(byDoc, (row) => row.type),
    service: of(byDoc, (row) => row.service),
    tag: of(labels, (row) => (row.kind === "tag" ? row.value : undefined)),
    owner: of(labels, (row) => (row.kind === "owner" ? row.value : undefined)),
  };
}
