import type { EntityReference, EntityType } from "@omd/schema";
import type { Catalog, CatalogEntity, Notice } from "../../contracts/index.ts";
import { askedReferences, referredIds, type AskedReference } from "./asked-reference.ts";
import type { GovernanceNames } from "./governance-names.ts";

type Values = Readonly<Record<string, unknown>>;
/** Type of each property by its name. */
type Definitions = ReadonlyMap<string, string | undefined>;

export interface CustomPropertiesParts {
  readonly catalog: Pick<Catalog, "customProperties">;
  readonly names: Pick<GovernanceNames, "find">;
}

/** What an update's custom properties are compared with, and what takes the names that the catalog lacks. */
export interface PropertyContext {
  readonly stored: CatalogEntity;
  readonly unknown: Set<string>;
}

/** Custom properties as the catalog takes them: it refuses a whole change for one that it has not defined. Definitions are read once for each type. */
export class CustomProperties {
  readonly #parts: CustomPropertiesParts;
  readonly #definitions = new Map<EntityType, Promise<Definitions | undefined>>();
  readonly #told = new Set<string>();
  #notices: Notice[] = [];

  constructor(parts: CustomPropertiesParts) {
    this.#parts = parts;
  }

  /** Those that are defined, references with the id of what they name. */
  async known(type: EntityType, values: Values, context: PropertyContext): Promise<Record<string, unknown>> {
    const definitions = await this.#defined(type);
    const before = Object(context.stored["extension"]) as Values;
    const known: [string, unknown][] = [];
    for (const [name, value] of Object.entries(values)) {
      if (definitions && !definitions.has(name)) {
        this.#tell(type, name);
        continue;
      }
      const resolved = await this.#value(name, value, { kind: kindOf(definitions?.get(name)), ...context });
      if (resolved !== undefined) known.push([name, sameReferences(before[name], resolved) ? before[name] : resolved]);
    }
    return Object.fromEntries(known);
  }

  /** What was found since it was last asked for; each property of a type once. */
  takeNotices(): Notice[] {
    const taken = this.#notices;
    this.#notices = [];
    return taken;
  }

  #defined(type: EntityType): Promise<Definitions | undefined> {
    const begun = this.#definitions.get(type);
    if (begun) return begun;
    const reading = this.#read(type);
    this.#definitions.set(type, reading);
    reading.catch(() => this.#definitions.delete(type));
    return reading;
  }

  async #read(type: EntityType): Promise<Definitions | undefined> {
    const defined = await this.#parts.catalog.customProperties?.(type);
    return defined && new Map(defined.map((one) => [one.name, one.type]));
  }

  #tell(type: EntityType, property: string): void {
    const name = `custom property ${property} of ${type}`;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const mend = `add ${property} to the type ${type} there (Settings > Custom Properties), or take it out of the source`;
    this.#notices.push({ name, reason: `not defined in the catalog and left out everywhere: ${mend}` });
  }

  /** References are asked for by type and FQN; undefined when the catalog has none of them. */
  async #value(name: string, value: unknown, { kind, unknown }: PropertyContext & { kind: Kind }): Promise<unknown> {
    const asked = kind === "plain" ? [] : askedReferences(value);
    if (asked.length === 0) return value;
    const found: EntityReference[] = [];
    for (const one of asked) {
      const reference = await this.#reference(one);
      if (reference) found.push(reference);
      else unknown.add(`${one.type} ${one.fqn} of custom property ${name}`);
    }
    if (found.length === 0) return undefined;
    return kind === "list" || Array.isArray(value) ? found : found[0];
  }

  async #reference({ type, key }: AskedReference): Promise<EntityReference | undefined> {
    const found = key && (await this.#parts.names.find(key.entityType, key.fqn));
    return found && { id: found.id, type, name: found.name, fullyQualifiedName: key.fqn };
  }
}

/** `open`: the catalog takes anything, and the value says whether it is a reference. */
type Kind = "one" | "list" | "plain" | "open";

function kindOf(type: string | undefined): Kind {
  if (type === undefined) return "open";
  return type === "entityReference" ? "one" : type === "entityReferenceList" ? "list" : "plain";
}

/** Whether both name the same entities: a server may show more of a reference than it was given. */
function sameReferences(stored: unknown, wanted: unknown): boolean {
  const [before, after] = [referredIds(stored), referredIds(wanted)];
  return after.length > 0 && before.length === after.length && after.every((id, at) => before[at] === id);
}
