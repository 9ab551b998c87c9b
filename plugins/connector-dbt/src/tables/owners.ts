import type { SourceContext } from "@omd/core";
import type { EntityReference } from "@omd/schema";
import { isRaw, type Raw } from "../artifacts/fields.ts";
import type { Group } from "../artifacts/shapes.ts";
import { texts } from "./catalog-meta.ts";

/** One owner as dbt says it. */
export interface OwnerWords {
  readonly name: string | undefined;
  /** Asked for when nobody has the name. */
  readonly emails: readonly string[];
}

export interface OwnedThing {
  readonly meta: Raw;
  readonly group: Group | undefined;
  /** Owner in the database, as catalog.json says it: often a role. */
  readonly inDatabase: string | undefined;
}

export interface OwnersFound {
  readonly words: readonly OwnerWords[];
  /** A name of the database and not of a person that dbt's authors chose. */
  readonly isRole: boolean;
}

/** Who owns a table: `meta.openmetadata.owner`, else `meta.owner`, else the group's owner, else the database's. */
export function ownersIn({ meta, group, inDatabase }: OwnedThing): OwnersFound {
  const { openmetadata } = meta;
  const chosen = [isRaw(openmetadata) ? openmetadata["owner"] : undefined, meta["owner"]].map(wordsOf);
  const { owner } = group ?? {};
  if (owner) chosen.push([{ name: owner.name, emails: owner.emails }]);
  const words = chosen.find((some) => some.length > 0);
  if (words) return { words, isRole: false };
  return { words: wordsOf(inDatabase), isRole: true };
}

/** A name, a list of names, or objects with `name` and `email`. */
function wordsOf(value: unknown): OwnerWords[] {
  return [value].flat().flatMap((one): OwnerWords[] => {
    if (!isRaw(one)) return texts(one).map((name) => ({ name, emails: [] }));
    const [name] = texts(one["name"]);
    const emails = texts(one["email"]);
    return name === undefined && emails.length === 0 ? [] : [{ name, emails }];
  });
}

/** Owners of a run: each name is asked for once, and said once when nobody has it. */
export class Owners {
  readonly #context: Pick<SourceContext, "resolver" | "warn">;
  readonly #asked = new Map<string, Promise<EntityReference | undefined>>();
  readonly #missing = new Set<string>();

  constructor(context: Pick<SourceContext, "resolver" | "warn">) {
    this.#context = context;
  }

  /** The owners that the catalog knows; users, or else one team: OpenMetadata takes neither several teams nor both kinds together. */
  async of(thing: OwnedThing): Promise<EntityReference[]> {
    const { words, isRole } = ownersIn(thing);
    const found = new Map<string, EntityReference>();
    for (const one of words) {
      const owners = await this.#find(one, isRole);
      // The rest of a reference depends on how it was found, and would make requests differ.
      for (const { id, type } of owners) found.set(id, { id, type });
      if (owners.length === 0 && !isRole) this.#miss(one);
    }
    const users = [...found.values()].filter(({ type }) => type === "user");
    return users.length > 0 ? users : [...found.values()].slice(0, 1);
  }

  /** A team of the name; else whoever has the e-mails, which tell people better than names do; else who has the name. A role of the database is nobody unless the catalog knows it. */
  async #find({ name, emails }: OwnerWords, isRole: boolean): Promise<EntityReference[]> {
    if (emails.length === 0) return this.#all(name === undefined ? [] : [name], isRole);
    const named = await this.#all(name === undefined ? [] : [name], true);
    if (named.some(({ type }) => type === "team")) return named;
    const found = await this.#all(emails, false);
    return found.length > 0 ? found : named;
  }

  async #all(names: readonly string[], exact: boolean): Promise<EntityReference[]> {
    const found: EntityReference[] = [];
    for (const name of names) {
      const owner = await this.#ask(name, exact);
      if (owner) found.push(owner);
    }
    return found;
  }

  #ask(name: string, exact: boolean): Promise<EntityReference | undefined> {
    const key = `${exact ? "exact" : "any"} ${name}`;
    const known = this.#asked.get(key);
    if (known) return known;
    const asking = this.#context.resolver.owner(name, { exact });
    this.#asked.set(key, asking);
    asking.catch(() => this.#asked.delete(key));
    return asking;
  }

  #miss({ name, emails }: OwnerWords): void {
    const words = [name, ...emails].filter((word) => word !== undefined).join(", ");
    if (this.#missing.has(words)) return;
    this.#missing.add(words);
    this.#context.warn(words, "named as an owner in dbt, but no user or team of the catalog");
  }
}
