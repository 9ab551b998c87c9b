import type { Part, Reading, Shape } from "../src/artifacts/json-sections.ts";

/** The same numbers from the same seed, 0 to 1. */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const keys = ["name", "columns", "{[", String.raw`a \"b\" ]}`, "größe", "__proto__", "1729", "", "constructor", "数📈"];
const strings = ["", "select 1", "}", "[{", ":,", String.raw`\"`, String.raw`\\`, String.raw`\n\t\/`, "naïve 数 📈"];
const escapes = [
  String.raw`\u00e9`,
  String.raw`\ud83d\udcc8`,
  String.raw`\ud800`,
  String.raw`\udc00x`,
  String.raw`\\\"`,
];
const scalars = ["0", "-0.5", "12", "1e3", "-1.25E-7", "123456789012345678901234567890", "true", "false", "null"];

/** A document as text: sections of objects, lists and single values, with the parts that a reader should find in it. */
export interface RandomDocument {
  readonly text: string;
  readonly parts: readonly Part[];
  readonly plan: (section: string) => Reading;
}

/** Makes documents: `isAscii` without letters of more than one byte. */
export class RandomJson {
  readonly #number: () => number;
  readonly #isAscii: boolean;

  constructor(seed: number, isAscii = false) {
    this.#number = numbersFrom(seed);
    this.#isAscii = isAscii;
  }

  document(): RandomDocument {
    const parts: Part[] = [];
    const readings = new Map<string, Reading>();
    let text = `${this.#space()}{`;
    for (const [at, key] of this.#keys(4).entries()) {
      text += `${at === 0 ? "" : ","}${this.#space()}"${key}"${this.#space()}:${this.#space()}`;
      const section = JSON.parse(`"${key}"`) as string;
      readings.set(section, this.#one(["items", "items", "whole", "skip"] as const));
      text = this.#section(text, section, readings.get(section) ?? "skip", parts) + this.#space();
    }
    return { text: `${text}}${this.#space()}`, parts, plan: (section) => readings.get(section) ?? "skip" };
  }

  /** Appends the value of a section to `text`. */
  #section(before: string, section: string, reading: Reading, parts: Part[]): string {
    const shape = this.#one<Shape>(["object", "object", "list", "value"]);
    const offset = Buffer.byteLength(before);
    parts.push({ part: "section", section, shape, offset });
    if (shape === "value") {
      const value = this.#scalar();
      parts.push({ part: "value", section, key: undefined, value: JSON.parse(value), offset });
      return before + value;
    }
    const isList = shape === "list";
    let text = before + (isList ? "[" : "{");
    const entryKeys = this.#keys(5);
    for (const [at, key] of entryKeys.entries()) {
      text += (at === 0 ? "" : ",") + this.#space();
      if (!isList) text += `"${key}"${this.#space()}:${this.#space()}`;
      const value = this.#value(3);
      const name = isList ? String(at) : (JSON.parse(`"${key}"`) as string);
      if (reading === "items")
        parts.push({ part: "value", section, key: name, value: JSON.parse(value), offset: Buffer.byteLength(text) });
      text += value + this.#space();
    }
    text += isList ? "]" : "}";
    if (reading === "whole") {
      const value: unknown = JSON.parse(text.slice(before.length));
      parts.push({ part: "value", section, key: undefined, value, offset });
    }
    return text;
  }

  #value(depth: number): string {
    if (depth === 0 || this.#number() < 0.3) return this.#scalar();
    const isList = this.#number() < 0.4;
    const members = this.#keys(4).map(
      (key) => `${isList ? "" : `"${key}"${this.#space()}:`}${this.#space()}${this.#value(depth - 1)}${this.#space()}`,
    );
    return isList ? `[${members.join(",")}]` : `{${members.join(",")}}`;
  }

  #scalar(): string {
    if (this.#number() < 0.4) return this.#one(scalars);
    return `"${this.#plain(strings)}${this.#one(escapes)}${this.#plain(strings)}"`;
  }

  /** Up to `most`, each once. */
  #keys(most: number): string[] {
    const count = Math.floor(this.#number() * (most + 1));
    return [...new Set(Array.from({ length: count }, () => this.#plain(keys)))];
  }

  #plain(texts: readonly string[]): string {
    const text = this.#one(texts);
    return this.#isAscii && Buffer.byteLength(text) > text.length ? "ascii" : text;
  }

  #space(): string {
    return this.#one(["", "", " ", "\n\t", "\r "]);
  }

  #one<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#number() * choices.length)] as T;
  }
}
