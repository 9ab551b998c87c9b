import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair } from "yaml";
import type { ConfigPath } from "./config-error.ts";

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Where a config came from: its file name and, when it was parsed from text, the place of each key. Holds the secrets found while reading. */
export class ConfigOrigin {
  readonly file: string;
  readonly #document: Document | undefined;
  readonly #lines: LineCounter | undefined;
  readonly #secrets = new Set<string>();

  constructor(file: string, document?: Document, lines?: LineCounter) {
    this.file = file;
    this.#document = document;
    this.#lines = lines;
  }

  /** Values that came from `secret:` references or stand under keys such as `password`: to be redacted everywhere. */
  secretTexts(): readonly string[] {
    return [...this.#secrets];
  }

  addSecret(text: string): void {
    if (text !== "") this.#secrets.add(text);
  }

  /** The text without the secrets of this config (those of 4 characters and more). */
  redact(text: string): string {
    let redacted = text;
    for (const secret of this.#secrets) if (secret.length > 3) redacted = redacted.replaceAll(secret, "*********");
    return redacted;
  }

  /** Position of the key (or of the value) at a path; of the nearest parent that exists when the path does not. */
  locate(path: ConfigPath, what: "key" | "value" = "key"): Position | undefined {
    if (!this.#document || !this.#lines) return undefined;
    let offset = 0;
    let node: Node | null = this.#document.contents;
    for (const part of path) {
      const step = this.#step(node, part);
      if (!step) break;
      node = step.value;
      offset = (what === "value" ? step.value?.range?.[0] : undefined) ?? step.at ?? offset;
    }
    return this.position(offset);
  }

  /** Position of an offset in the text. */
  position(offset: number): Position | undefined {
    const place = this.#lines?.linePos(offset);
    return place && { line: Math.max(place.line, 1), column: Math.max(place.col, 1) };
  }

  #step(parent: Node | null, part: string | number): { value: Node | null; at: number | undefined } | undefined {
    const node = this.#resolved(parent);
    if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined;
      return item && { value: item, at: item.range?.[0] };
    }
    if (!isMap(node)) return undefined;
    const pairs = node.items as Pair<Node, Node | null>[];
    const pair = pairs.find((item) => keyText(item.key) === String(part));
    if (pair) return { value: pair.value, at: pair.key.range?.[0] };
    for (const merge of pairs.filter((item) => keyText(item.key) === "<<")) {
      const step = this.#step(merge.value, part);
      if (step) return step;
    }
    return undefined;
  }

  #resolved(node: Node | null): Node | null | undefined {
    return isAlias(node) && this.#document ? node.resolve(this.#document) : node;
  }
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
