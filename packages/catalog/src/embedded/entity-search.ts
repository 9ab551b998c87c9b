import type { SearchOptions } from "@omd/core";
import { childFqn, splitFqn, unquoteName, type EntityReference, type EntityType, type FQN } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import { stored, type Body, type EntityStore, type StoredEntity } from "./entity-store.ts";

/** One hit of a search by name. */
export interface NameHit {
  readonly type: EntityType;
  readonly fqn: FQN;
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly match: "name" | "fullyQualifiedName" | "column" | "task";
  /** FQN of the column or task that matched, else of the entity. */
  readonly matched: FQN;
}

const columns = { fullyQualifiedName: "fqn_lower", name: "name_lower", fullPath: "full_path_lower" } as const;

/** Finds entities by patterns and by parts of their names. */
export class EntitySearch {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;

  constructor(db: CatalogDatabase, store: EntityStore) {
    this.#db = db;
    this.#store = store;
  }

  /** Non-deleted entities whose whole field matches, ignoring case, by FQN. */
  byPattern(type: EntityType, { field = "fullyQualifiedName", pattern, limit = 10 }: SearchOptions): StoredEntity[] {
    const lower = pattern.toLowerCase();
    const column = columns[field];
    const prefix = lower.split(/[*?]/, 1)[0] ?? "";
    const last = field === "fullyQualifiedName" ? literalEnd(lower) : undefined;
    const conditions = [`+${column} GLOB ?`];
    const values: (string | number)[] = [lower.replaceAll("[", "[[]")];
    let order = "+fqn";
    // One indexed condition, the narrowest: SQLite can't know that a last name is rarer than a prefix.
    if (prefix === lower) {
      conditions.push(`${column} = ?`);
      values.push(lower);
    } else if (last !== undefined) {
      conditions.push("name_lower = ?");
      values.push(last);
    } else if (prefix !== "") {
      conditions.push(`${column} >= ? AND ${column} < ?`);
      values.push(prefix, `${prefix}\u{10FFFF}`);
      // In the order of the index: what lies below a prefix may be the whole catalog, too much to be sorted.
      order = `${column}, fqn`;
    }
    return this.#db
      .all(
        `SELECT * FROM entity WHERE type = ? AND deleted = 0 AND ${conditions.join(" AND ")} ORDER BY ${order} LIMIT ?`,
        type,
        ...values,
        limit,
      )
      .flatMap((row) => stored(row) ?? []);
  }

  /** Non-deleted entities with the text in their name, FQN, columns or tasks, ignoring case; best match first. */
  byName(text: string, options: { type?: EntityType | undefined; limit?: number | undefined } = {}): NameHit[] {
    const wanted = text.trim().toLowerCase();
    if (wanted === "") return [];
    const rows = this.#db.all(
      `SELECT *, CASE WHEN name_lower = ?1 THEN 0 WHEN instr(name_lower, ?1) = 1 THEN 1 WHEN instr(name_lower, ?1) > 1 THEN 2
          WHEN instr(parts, ?2) > 0 THEN 3 WHEN instr(fqn_lower, ?1) > 0 THEN 4 ELSE 5 END AS rank
        FROM entity WHERE deleted = 0 AND (?3 IS NULL OR type = ?3) AND (instr(fqn_lower, ?1) > 0 OR instr(parts, ?1) > 0
          OR instr(name_lower, ?1) > 0) ORDER BY rank, length(fqn), fqn, type LIMIT ?4`,
      wanted,
      `\n${wanted}\n`,
      options.type ?? null,
      options.limit ?? 20,
    );
    return rows.flatMap((row) => hit(row.rank, stored(row), wanted) ?? []);
  }

  /** A team of type Group, else a user that is no bot: by name, e-mail or display name, then loosely when `fuzzy`. */
  owner(name: string, fuzzy: boolean): EntityReference | undefined {
    const candidates = [...this.#owners("team"), ...this.#owners("user")];
    const email = name.toLowerCase();
    const exact =
      candidates.find((owner) => owner.name === name) ??
      candidates.find((owner) => owner.body.email === email) ??
      candidates.find((owner) => owner.body.displayName === name);
    const found = exact ?? (fuzzy ? loose(candidates, name) : undefined);
    return found && this.#store.reference(found.id);
  }

  #owners(type: "team" | "user"): StoredEntity[] {
    return this.#db
      .all("SELECT * FROM entity WHERE type = ? AND deleted = 0 ORDER BY name", type)
      .flatMap((row) => stored(row) ?? [])
      .filter(({ body }) => (type === "team" ? body.teamType === "Group" : body.isBot !== true));
  }
}

/** The only team that is meant, else the only user; nobody when several are. */
function loose(candidates: readonly StoredEntity[], name: string): StoredEntity | undefined {
  const wanted = normal(name);
  if (wanted === "") return undefined;
  const matching = candidates.filter(
    ({ name: own, body }) =>
      normal(own) === wanted || (typeof body.displayName === "string" && normal(body.displayName) === wanted),
  );
  const teams = matching.filter(({ type }) => type === "team");
  const group = teams.length > 0 ? teams : matching;
  return group.length === 1 ? group[0] : undefined;
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

/** The name that every FQN matching the pattern ends with, when the pattern's last part has no wildcard. */
function literalEnd(pattern: string): string | undefined {
  const part = /^(?:.*\.)?("[^"*?]+"|[^."*?]+)$/s.exec(pattern)?.[1];
  // A part that is quoted in the pattern is quoted in the FQN; an unquoted one may be the end of a quoted one only with its quote.
  return part === undefined ? undefined : unquoteName(part);
}

function hit(rank: unknown, entity: StoredEntity | undefined, wanted: string): NameHit | undefined {
  if (!entity) return undefined;
  const fqn = entity.fqn as FQN;
  const { displayName } = entity.body as { displayName?: string };
  const base = { type: entity.type, fqn, name: entity.name, ...(displayName === undefined ? {} : { displayName }) };
  if (Number(rank) < 3) return { ...base, match: "name", matched: fqn };
  if (rank === 4) return { ...base, match: "fullyQualifiedName", matched: fqn };
  const match = entity.body.tasks ? "task" : "column";
  return { ...base, match, matched: partOf(entity, wanted) ?? childFqn(fqn, wanted) };
}

function partOf(entity: StoredEntity, wanted: string): FQN | undefined {
  let best: FQN | undefined;
  const look = (parts: unknown): void => {
    if (!Array.isArray(parts)) return;
    for (const part of parts as Body[]) {
      const fqn = String(part.fullyQualifiedName) as FQN;
      const own = splitFqn(fqn).slice(splitFqn(entity.fqn).length).map(unquoteName).join(".").toLowerCase();
      if (own === wanted) best = fqn;
      else if (own.includes(wanted)) best ??= fqn;
      look(part.children);
    }
  };
  look(entity.body.columns);
  look(entity.body.tasks);
  return best;
}
