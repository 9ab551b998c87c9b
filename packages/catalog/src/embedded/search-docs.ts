import { entityTypes, type EntityType } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";

export const facetKinds = ["type", "service", "tag", "owner"] as const;
export type FacetKind = (typeof facetKinds)[number];
/** Several values of a kind are alternatives; kinds are joined by "and". Services by name, tags by FQN. */
export type FacetFilters = Readonly<Partial<Record<FacetKind, readonly string[]>>>;

/** Numbers of entities that match. */
export interface Matching {
  readonly docs: readonly number[];
  /** Whether there may be others that were not looked for. */
  readonly more: boolean;
}

/** Where words are looked for. */
const everywhere = "name part fqn tag owner description";

/** Most matches that are counted and sorted by their facets. */
export const maxCounted = 3000;
/** Most entities of a type that are looked at because their names begin so. */
const maxInitials = 2000;
const maxNamed = 200;

const types = Object.keys(entityTypes) as EntityType[];
const allTypes = JSON.stringify(types);
const serviceTypes = JSON.stringify(types.filter((type) => type.endsWith("Service")));

/** Beginnings of so many letters have an index of their own. */
const indexedLengths: ReadonlySet<number> = new Set([2, 3]);
/** Most words that are put in place of a beginning. */
const maxWords = 8;

/**
 * Which non-deleted entities match words and filters, in bounded time however many do. The full-text index gives the entities of a whole
 * word one after the other, but reads all that a beginning stands for first. So a beginning of few words is replaced by them, beginnings
 * are looked up only when the whole words are too rare, and those of one letter, which half of everything has, in the index of names.
 */
export class SearchDocs {
  readonly #db: CatalogDatabase;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** What finds, by filters, all that match the words, up to {@link maxCounted} and one. For one search: what the words begin is looked up once. */
  matching(words: readonly string[]): (filters: FacetFilters) => Matching {
    let beginnings: string[] | undefined;
    return (filters) =>
      this.#matching(words, filters, () => (beginnings ??= words.map((word) => this.#beginningTerm(word))));
  }

  #matching(words: readonly string[], filters: FacetFilters, beginnings: () => readonly string[]): Matching {
    const [only] = words;
    if (words.length === 1 && only?.length === 1) return this.#initial(only, filters);
    const whole = this.#matches(everywhere, words.map(quoted), filters);
    if (words.length === 0 || whole.length > maxCounted) return bounded(whole);
    return bounded(this.#matches(everywhere, beginnings(), filters));
  }

  /** Those with a word in their names, which may be few where many have it in their FQNs. */
  withName(word: string, filters: FacetFilters): number[] {
    return this.#narrowed(this.#matches("name", [this.#beginningTerm(word)], {}), filters);
  }

  /** Those that match all terms in some columns, in the order that they were added in. */
  #matches(columns: string, words: readonly string[], filters: FacetFilters): number[] {
    const terms = this.#facetTerms(filters);
    const parts = [
      ...(words.length > 0 ? [`{${columns}} : (${words.join(" AND ")})`] : []),
      ...(terms.length > 0 ? [`facet : (${terms.join(" AND ")})`] : []),
    ];
    const query = `(${parts.join(" AND ")}) NOT facet : dead`;
    return this.#docs("SELECT rowid AS doc FROM search_text WHERE search_text MATCH ? LIMIT ?", query, maxCounted + 1);
  }

  /** Those called or named in full like one of the texts (lower case), then those whose names begin so. All have the words. */
  named(texts: readonly string[], words: readonly string[], filters: FacetFilters): number[] {
    const same = this.#docs(
      `SELECT d.doc FROM json_each(?1) t CROSS JOIN json_each(?2) x CROSS JOIN entity e ON e.type = t.value AND e.name_lower = x.value
        JOIN search_doc d ON d.entity_id = e.id WHERE e.deleted = 0 LIMIT ?3`,
      allTypes,
      JSON.stringify(texts),
      maxInitials,
    );
    const inFull = this.#docs(
      `SELECT d.doc FROM json_each(?1) t CROSS JOIN json_each(?2) x CROSS JOIN entity e ON e.type = t.value AND e.fqn_lower = x.value
        JOIN search_doc d ON d.entity_id = e.id WHERE e.deleted = 0`,
      allTypes,
      JSON.stringify(texts),
    );
    // A letter beside other words must be a word of its own.
    const begins = words.length === 1 || words.every((word) => word.length > 1);
    const begin = begins
      ? typesOf(filters).flatMap((type) => texts.flatMap((text) => this.#beginning(type, text, maxNamed)))
      : [];
    return this.#narrowed([...new Set([...inFull, ...same, ...begin])], filters);
  }

  /** Those with the letter as a word, and those whose names begin with it: all of them among the filters, or the first by name. */
  #initial(letter: string, filters: FacetFilters): Matching {
    const whole = this.#matches(everywhere, [quoted(letter)], filters);
    if (whole.length > maxCounted) return bounded(whole);
    const among = chosen(filters).length > 0 ? this.#matches(everywhere, [], filters) : undefined;
    const inFilters = among === undefined ? [] : this.#named(among, letter);
    if (among !== undefined && among.length <= maxCounted) return bounded([...new Set([...whole, ...inFilters])]);
    const byType = typesOf(filters).map((type) => this.#beginning(type, letter, maxInitials));
    const first = this.#narrowed(byType.flat(), filters);
    const docs = [...new Set([...whole, ...inFilters, ...first])];
    return { docs, more: docs.length > maxCounted || byType.some(({ length }) => length === maxInitials) };
  }

  /** The words that begin so, when they are few; each is found without reading where it stands. One letter stands for itself. */
  #beginningTerm(beginning: string): string {
    if (beginning.length === 1) return quoted(beginning);
    const whole = `"${beginning}"*`;
    if (indexedLengths.has(beginning.length)) return whole;
    // Of this connection only, so that it can be made in a file that is read only.
    this.#db.run(
      "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_word USING fts5vocab ('main', 'search_text', 'instance')",
    );
    const found: string[] = [];
    for (let from = beginning; found.length <= maxWords;) {
      const term = this.#db.get("SELECT term FROM temp.search_word WHERE term >= ? LIMIT 1", from)?.term;
      if (typeof term !== "string" || !term.startsWith(beginning)) break;
      found.push(quoted(term));
      from = `${term}\u0001`;
    }
    if (found.length > maxWords) return whole;
    return found.length < 2 ? (found[0] ?? quoted(beginning)) : `(${found.join(" OR ")})`;
  }

  #beginning(type: EntityType, text: string, limit: number): number[] {
    return this.#docs(
      `SELECT d.doc FROM (SELECT id FROM entity INDEXED BY entity_name_lower WHERE type = ? AND name_lower >= ? AND name_lower < ?
        AND deleted = 0 ORDER BY name_lower LIMIT ?) e JOIN search_doc d ON d.entity_id = e.id`,
      type,
      text,
      `${text}\u{10FFFF}`,
      limit,
    );
  }

  /** Those of some whose names begin so. */
  #named(docs: readonly number[], text: string): number[] {
    return this.#docs(
      `SELECT d.doc FROM json_each(?1) m JOIN search_doc d ON d.doc = m.value JOIN entity e ON e.id = d.entity_id
        WHERE instr(e.name_lower, ?2) = 1`,
      JSON.stringify(docs.slice(0, maxCounted)),
      text,
    );
  }

  /** Those of some that pass the filters. */
  #narrowed(docs: readonly number[], filters: FacetFilters): number[] {
    if (chosen(filters).length === 0 || docs.length === 0) return [...docs];
    const list = (values: readonly string[] | undefined): string | null =>
      values === undefined || values.length === 0 ? null : JSON.stringify(values);
    const { type, service, tag, owner } = filters;
    const label = (kind: "tag" | "owner", at: number): string =>
      `(?${at} IS NULL OR EXISTS (SELECT 1 FROM json_each(?${at}) v JOIN search_label l
        ON l.doc = d.doc AND l.kind = '${kind}' AND l.value = v.value))`;
    return this.#docs(
      `SELECT d.doc FROM json_each(?1) m JOIN search_doc d ON d.doc = m.value
        WHERE (?2 IS NULL OR d.type IN (SELECT value FROM json_each(?2)))
          AND (?3 IS NULL OR d.service_id IN (SELECT value FROM json_each(?3)))
          AND ${label("tag", 4)} AND ${label("owner", 5)} ORDER BY m.key`,
      JSON.stringify(docs),
      list(type),
      service === undefined || service.length === 0 ? null : JSON.stringify(this.#serviceIds(service)),
      list(tag),
      list(owner),
    );
  }

  /** Filters as words of the column `facet`; a service that nobody knows matches nothing. */
  #facetTerms(filters: FacetFilters): string[] {
    return chosen(filters).map((kind) => {
      const values = filters[kind] ?? [];
      const tokens =
        kind === "service"
          ? this.#serviceIds(values).map((id) => `service${id.replaceAll("-", "")}`)
          : values.map((value) => `${kind}${Buffer.from(value, "utf8").toString("hex")}`);
      return `(${(tokens.length > 0 ? tokens : ["nowhere"]).join(" OR ")})`;
    });
  }

  #serviceIds(names: readonly string[]): string[] {
    return names.flatMap((name) =>
      this.#db
        .all(
          "SELECT id FROM entity WHERE type IN (SELECT value FROM json_each(?1)) AND name_lower = ?2 AND name = ?3",
          serviceTypes,
          name.toLowerCase(),
          name,
        )
        .map((row) => String(row.id)),
    );
  }

  #docs(sql: string, ...values: (string | number | null)[]): number[] {
    return this.#db.all(sql, ...values).map((row) => Number(row.doc));
  }
}

/** The kinds that a value is chosen of. */
export function chosen(filters: FacetFilters): FacetKind[] {
  return facetKinds.filter((kind) => (filters[kind]?.length ?? 0) > 0);
}

function quoted(word: string): string {
  return `"${word}"`;
}

function typesOf({ type = [] }: FacetFilters): readonly EntityType[] {
  return type.length === 0 ? types : types.filter((one) => type.includes(one));
}

function bounded(docs: readonly number[]): Matching {
  return { docs, more: docs.length > maxCounted };
}
