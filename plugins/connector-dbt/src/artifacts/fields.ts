/** A JSON object as it was in the file. */
export type Raw = Readonly<Record<string, unknown>>;

/** Told once about each thing that could not be used. */
export type Note = (message: string) => void;

export function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Says each message once. */
export function once(note: Note | undefined): Note {
  const said = new Set<string>();
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    note?.(message);
  };
}

/** Reads the fields of one object; a field of another type than dbt writes counts as absent and is noted. */
export class Fields {
  readonly raw: Raw;
  readonly #where: string;
  readonly #note: Note;

  /** `where` names the kind of object in notes: `nodes`, `nodes.columns`. */
  constructor(raw: Raw, where: string, note: Note) {
    this.raw = raw;
    this.#where = where;
    this.#note = note;
  }

  text(...keys: string[]): string | undefined {
    return this.#first(keys, "text", (value) => (typeof value === "string" ? value : undefined));
  }

  /** Text, or a number written as text: versions may be either. */
  word(...keys: string[]): string | undefined {
    return this.#first(keys, "text or a number", (value) =>
      typeof value === "string" || typeof value === "number" ? String(value) : undefined,
    );
  }

  number(...keys: string[]): number | undefined {
    return this.#first(keys, "a number", (value) => (typeof value === "number" ? value : undefined));
  }

  flag(...keys: string[]): boolean | undefined {
    return this.#first(keys, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  object(...keys: string[]): Raw {
    return this.#first(keys, "an object", (value) => (isRaw(value) ? value : undefined)) ?? {};
  }

  /** A list of texts; a single text counts as a list of one. */
  texts(...keys: string[]): readonly string[] {
    const found = this.#first(keys, "a list of texts", (value) => {
      if (typeof value === "string") return [value];
      return Array.isArray(value) ? (value as unknown[]).filter((one) => typeof one === "string") : undefined;
    });
    return found ?? [];
  }

  /** The objects of a list. */
  objects(...keys: string[]): readonly Raw[] {
    const found = this.#first(keys, "a list of objects", (value) =>
      Array.isArray(value) ? (value as unknown[]).filter(isRaw) : undefined,
    );
    return found ?? [];
  }

  /** The fields of an object below. */
  below(key: string): Fields {
    return new Fields(this.object(key), `${this.#where}.${key}`, this.#note);
  }

  #first<T>(keys: readonly string[], expected: string, read: (value: unknown) => T | undefined): T | undefined {
    for (const key of keys) {
      const value = this.raw[key];
      if (value === undefined || value === null) continue;
      const found = read(value);
      if (found !== undefined) return found;
      this.#note(`${this.#where}.${key} is not ${expected} and is left out`);
    }
    return undefined;
  }
}
