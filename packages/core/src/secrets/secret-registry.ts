const mask = "*********";
/** Shorter values would blank out half of any text. */
const minLength = 4;

/** Removes secrets from text by value, in every form in which they travel: plain, URL-encoded, JSON-escaped, base64, Basic credentials. */
export class SecretRegistry {
  readonly #values = new Set<string>();
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  add(value: string): void {
    if (value.length < minLength || this.#values.has(value)) return;
    this.#values.add(value);
    for (const form of formsOf(value)) this.#forms.add(form);
    this.#pattern = undefined;
  }

  /** Adds `user:password` as it stands in a Basic header. */
  addBasic(user: string, password: string): void {
    this.add(password);
    this.add(Buffer.from(`${user}:${password}`).toString("base64"));
  }

  redact(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#forms]
        .sort((a, b) => b.length - a.length)
        .map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
        .join("|"),
      "g",
    );
    return text.replace(this.#pattern, mask);
  }

  /** Redacts every string inside a JSON-like value. */
  redactDeep<T>(value: T): T {
    if (typeof value === "string") return this.redact(value) as T;
    if (Array.isArray(value)) return value.map((item: unknown) => this.redactDeep(item)) as T;
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, item]: [string, unknown]) => [this.redact(key), this.redactDeep(item)]),
      ) as T;
    return value;
  }
}

/** Base64 of a longer text holds the value at one of three offsets; the middle part of each is the same whatever stands around it. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)])
      .toString("base64")
      .replace(/=+$/, "");
    const core = encoded.slice(offset === 0 ? 0 : offset + 1, -2);
    return core.length >= 8 ? [core, core.replaceAll("+", "-").replaceAll("/", "_")] : [];
  });
}

function formsOf(value: string): string[] {
  return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...base64Forms(value)];
}
