import { entityTypes, type EntityReference, type EntityType, type FQN } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";
import { stored, type Body, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { Remembered } from "./remembered.ts";
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

interface Everything {
  readonly counts: Readonly<Record<FacetKind, readonly FacetCount[]>>;
  readonly total: number;
  /** Non-deleted entities by the id of their service, itself counted. */
  readonly byService: ReadonlyMap<string, number>;
}

/** Most matches that are counted and sorted by their facets. */
export const maxCounted = 5000;
/** Most matches of a tier that are put in order; the rest keep the order they were added in. */
const maxSorted = 1000;
const shownValues = 50;

/** Where words are looked for, best first. */
const tiers = ["name", "name part fqn"];
const everywhere = "name part fqn tag owner description";
/** Service types by name, for the index by type. */
const serviceTypes = JSON.stringify(Object.keys(entityTypes).filter((type) => type.endsWith("Service")));

/** Search by words over non-deleted entities, with counts by type, service, tag and owner. */
export class FacetSearch {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;
  readonly #all: Remembered<Everything>;

  constructor(db: CatalogDatabase, store: EntityStore) {
    this.#db = db;
    this.#store = store;
    this.#all = new Remembered(db);
  }

  search({ text, filters = {}, limit = 20, offset = 0 }: FacetSearchOptions): FacetSearchResult {
    const words = wordsOf(text);
    if (words.length === 0 && text.trim() !== "") return nothing;
    const chosen = facetKinds.filter((kind) => (filters[kind]?.length ?? 0) > 0);
    const shown = (docs: readonly number[]): FacetHit[] =>
      docs.slice(offset).flatMap((doc) => this.#hit(doc, words) ?? []);
    if (words.length === 0 && chosen.length === 0) {
      const { counts, total } = this.everything();
      return { total, more: false, hits: shown(this.#first(offset + limit)), facets: counts };
    }
    const terms = this.#facetTerms(filters, chosen);
    const docs = this.#docs(match(everywhere, words, terms));
    const facets: Record<FacetKind, readonly FacetCount[]> = this.#count(docs);
    for (const kind of chosen) {
      const others = this.#facetTerms(
        filters,
        chosen.filter((other) => other !== kind),
      );
      // Nothing else narrows the search: the counts of all are known already.
      const free = words.length === 0 && others.length === 0;
      facets[kind] = (free ? this.everything().counts : this.#count(this.#docs(match(everywhere, words, others))))[
        kind
      ];
    }
    return {
      total: Math.min(docs.length, maxCounted),
      more: docs.length > maxCounted,
      hits: shown(this.#best(words, terms, docs, offset + limit)),
      facets,
    };
  }

  /** Numbers of the best matches, up to `wanted`: those named so before others, short names before long ones. */
  #best(words: readonly string[], terms: readonly string[], docs: readonly number[], wanted: number): number[] {
    const found = new Set<number>();
    const phrase = words.join("_");
    for (const tier of words.length === 0 ? [] : tiers) {
      if (found.size >= wanted) break;
      for (const doc of this.#sorted(this.#docs(match(tier, words, terms)), phrase, wanted)) found.add(doc);
    }
    if (found.size < wanted) for (const doc of this.#sorted(docs, phrase, wanted + found.size)) found.add(doc);
    return [...found].slice(0, wanted);
  }

  /** Those named like the phrase first, then by length of the FQN; without a phrase by FQN. */
  #sorted(docs: readonly number[], phrase: string, wanted: number): number[] {
    return this.#db
      .all(
        `SELECT d.doc FROM json_each(?1) m JOIN search_doc d ON d.doc = m.value JOIN entity e ON e.id = d.entity_id
          ORDER BY e.name_lower <> ?2, instr(e.name_lower, ?2) <> 1, iif(?2 = '', 0, length(e.fqn)), e.fqn, e.type LIMIT ?3`,
        JSON.stringify(docs.slice(0, Math.max(maxSorted, wanted))),
        phrase,
        wanted,
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

  #docs(query: string): number[] {
    return this.#db
      .all("SELECT rowid AS doc FROM search_text WHERE search_text MATCH ? LIMIT ?", query, maxCounted + 1)
      .map((row) => Number(row.doc));
  }

  /** Filters as words of the column `facet`; a service that nobody knows matches nothing. */
  #facetTerms(filters: FacetSearchOptions["filters"], kinds: readonly FacetKind[]): string[] {
    return kinds.map((kind) => {
      const values = filters?.[kind] ?? [];
      const tokens =
        kind === "service"
          ? values.flatMap((name) => this.#serviceTokens(name))
          : values.map((value) => token(kind, value));
      return `(${(tokens.length > 0 ? tokens : ["nowhere"]).join(" OR ")})`;
    });
  }

  #serviceTokens(name: string): string[] {
    return this.#db
      .all(
        "SELECT id FROM entity WHERE type IN (SELECT value FROM json_each(?1)) AND name_lower = ?2 AND name = ?3",
        serviceTypes,
        name.toLowerCase(),
        name,
      )
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

/** An FTS5 query: all words, in some columns; all facet terms; nothing deleted. */
function match(columns: string, words: readonly string[], terms: readonly string[]): string {
  const parts = [
    ...(words.length > 0 ? [`{${columns}} : (${words.map((word) => termOf(word, words.length)).join(" AND ")})`] : []),
    ...(terms.length > 0 ? [`facet : (${terms.join(" AND ")})`] : []),
  ];
  return `(${parts.join(" AND ")}) NOT facet : dead`;
}

/** A word or its beginning; of one letter beside others it must be whole, for half of all words begin with it. */
function termOf(word: string, words: number): string {
  return words > 1 && word.length === 1 ? `"${word}"` : `"${word}"*`;
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
