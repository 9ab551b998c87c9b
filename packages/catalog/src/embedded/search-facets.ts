import type { EntityReference, EntityType, FQN } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";
import { stored, type Body, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { Remembered } from "./remembered.ts";
import { chosen, maxCounted, SearchDocs, type FacetFilters, type FacetKind } from "./search-docs.ts";
import { matchesIn, wordsOf, type SearchMatch } from "./search-matches.ts";

export { facetKinds, maxCounted, type FacetKind } from "./search-docs.ts";

export interface FacetSearchOptions {
  /**
   * Words, each whole or the beginning of one; all must be found. A word of one letter must be whole, or, when it is the only one, begin
   * the name. Empty: everything.
   */
  readonly text: string;
  readonly filters?: FacetFilters | undefined;
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

interface Everything {
  readonly counts: Readonly<Record<FacetKind, readonly FacetCount[]>>;
  readonly total: number;
  /** Non-deleted entities by the id of their service, itself counted. */
  readonly byService: ReadonlyMap<string, number>;
}

interface Ranked {
  readonly text: string;
  readonly words: readonly string[];
  readonly filters: FacetFilters;
  /** All that match. */
  readonly docs: readonly number[];
  readonly more: boolean;
  readonly wanted: number;
}

/** Most words that put matches in order. */
const maxRanked = 8;
const shownValues = 50;

/** Search by words over non-deleted entities, with counts by type, service, tag and owner. */
export class FacetSearch {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;
  readonly #docs: SearchDocs;
  readonly #all: Remembered<Everything>;

  constructor(db: CatalogDatabase, store: EntityStore) {
    this.#db = db;
    this.#store = store;
    this.#docs = new SearchDocs(db);
    this.#all = new Remembered(db);
  }

  search({ text, filters = {}, limit = 20, offset = 0 }: FacetSearchOptions): FacetSearchResult {
    const words = wordsOf(text);
    if (words.length === 0 && text.trim() !== "") return nothing;
    const kinds = chosen(filters);
    const shown = (docs: readonly number[]): FacetHit[] =>
      docs.slice(offset).flatMap((doc) => this.#hit(doc, words) ?? []);
    if (words.length === 0 && kinds.length === 0) {
      const { counts, total } = this.everything();
      return { total, more: false, hits: shown(this.#first(offset + limit)), facets: counts };
    }
    const matching = this.#docs.matching(words);
    const { docs, more } = matching(filters);
    const facets: Record<FacetKind, readonly FacetCount[]> = this.#count(docs);
    for (const kind of kinds) {
      const others = { ...filters, [kind]: [] };
      // Nothing else narrows the search: the counts of all are known already.
      const free = words.length === 0 && kinds.length === 1;
      facets[kind] = (free ? this.everything().counts : this.#count(matching(others).docs))[kind];
    }
    const best = this.#best({ text, words, filters, docs, more, wanted: offset + limit });
    return { total: Math.min(docs.length, maxCounted), more, hits: shown(best), facets };
  }

  /** Numbers of the best matches, up to `wanted`: those called so before others, short names before long ones. */
  #best({ text, words, filters, docs, more, wanted }: Ranked): number[] {
    const texts = [...new Set([text.trim().toLowerCase(), words.join("_")])];
    if (!more) return this.#sorted(docs, texts, words, wanted);
    // Of so many the best may be beyond those that were counted: they are looked for by themselves.
    const found = new Set<number>();
    const add = (some: readonly number[]): void => {
      for (const doc of this.#sorted(some, texts, words, wanted + found.size)) found.add(doc);
    };
    if (words.length > 0) add(this.#docs.named(texts, words, filters));
    // For several words it would take too long to find that no name has them all.
    const [only] = words;
    if (only !== undefined && words.length === 1 && found.size < wanted) add(this.#docs.withName(only, filters));
    if (found.size < wanted) add(docs);
    return [...found].slice(0, wanted);
  }

  /**
   * Those called like one of the texts, then those with a part called so, whose names begin so, have the words, whose FQNs or parts do; tests behind
   * what they test. Without words by FQN.
   */
  #sorted(docs: readonly number[], texts: readonly string[], words: readonly string[], wanted: number): number[] {
    const [text = "", phrase = text] = texts;
    const ranked = words.slice(0, maxRanked);
    const has = (value: string): string =>
      ranked.length === 0 ? "1" : ranked.map((_, index) => `instr(${value}, ?${5 + index}) > 0`).join(" AND ");
    return this.#db
      .all(
        `SELECT d.doc FROM json_each(?1) m JOIN search_doc d ON d.doc = m.value JOIN entity e ON e.id = d.entity_id
          ORDER BY CASE WHEN ?2 = '' THEN 0 WHEN ?2 IN (e.fqn_lower, e.name_lower) OR e.name_lower = ?3 THEN 0
              ELSE iif(e.type IN ('testCase', 'testSuite', 'testDefinition'), 3, 0) + CASE
                WHEN instr(e.parts, char(10) || ?2 || char(10)) > 0 THEN 1
                WHEN instr(e.name_lower, ?2) = 1 OR instr(e.name_lower, ?3) = 1 OR (instr(?2, '.') > 0 AND instr(e.fqn_lower, ?2) = 1) THEN 2
                WHEN ${has("(e.name_lower || ' ' || lower(coalesce(e.display_name, '')))")} THEN 4
                WHEN ${has("(e.fqn_lower || coalesce(e.parts, ''))")} THEN 6
                ELSE 8 END END,
            iif(?3 = '', 0, length(e.fqn)), e.fqn, e.type LIMIT ?4`,
        JSON.stringify(docs),
        text,
        phrase,
        wanted,
        ...ranked,
      )
      .map((row) => Number(row.doc));
  }

  /** Of everything by FQN, which needs no full-text index. */
  #first(wanted: number): number[] {
    return this.#db
      .all(
        "SELECT d.doc FROM entity e JOIN search_doc d ON d.entity_id = e.id WHERE e.deleted = 0 ORDER BY e.fqn, e.type LIMIT ?",
        wanted,
      )
      .map((row) => Number(row.doc));
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

  /** Counts over all non-deleted entities; in a large file a few seconds old at most. */
  everything(): Everything {
    return this.#all.value(() => {
      const byDoc = this.#db.all(
        `SELECT d.service_id, d.type, s.name AS service, d.n FROM (SELECT service_id, type, count(*) AS n FROM search_doc
          WHERE deleted = 0 GROUP BY service_id, type) d LEFT JOIN entity s ON s.id = d.service_id`,
      );
      const labels = this.#db.all("SELECT kind, value, count(*) AS n FROM search_label GROUP BY kind, value");
      const byService = new Map<string, number>();
      for (const { service_id: id, n } of byDoc)
        if (id !== null) byService.set(String(id), (byService.get(String(id)) ?? 0) + Number(n));
      const total = byDoc.reduce((sum, { n }) => sum + Number(n), 0);
      return { counts: counted(byDoc, labels), total, byService };
    });
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
    const serviceName = service ? this.#store.reference((service as EntityReference).id)?.name : undefined;
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
