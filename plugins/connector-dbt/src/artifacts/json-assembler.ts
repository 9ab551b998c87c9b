import { TokenType } from "@streamparser/json";
import { ArtifactError } from "./artifact-error.ts";

/** How a section (a key of the root) is read: `items` one by one, `whole` at once, or passed over. */
export type Reading = "items" | "whole" | "skip";

export type Shape = "object" | "list" | "value";

export type Part =
  /** A section begins. */
  | { readonly part: "section"; readonly section: string; readonly shape: Shape; readonly offset: number }
  /** An item of a section, with its key (index in a list); `key` is undefined for a section read whole. */
  | {
      readonly part: "value";
      readonly section: string;
      readonly key: string | undefined;
      readonly value: unknown;
      readonly offset: number;
    };

interface Frame {
  readonly isList: boolean;
  /** Undefined where values are not kept. */
  readonly kept: Record<string, unknown> | unknown[] | undefined;
  /** Keys met, where the values are not kept but must not repeat. */
  readonly keys: Set<string> | undefined;
  readonly offset: number;
  readonly reading: Reading;
  key: string;
  index: number;
  next: "first" | "key" | "colon" | "value" | "end";
}

/** Objects and lists within each other. */
export const maxDepth = 256;

const openers: ReadonlySet<TokenType> = new Set([TokenType.LEFT_BRACE, TokenType.LEFT_BRACKET]);

/** Builds the values that a plan asks for from JSON tokens, checking the grammar, and lets go of each as soon as it is whole. */
export class JsonAssembler {
  readonly #file: string;
  readonly #plan: (section: string, shape: Shape) => Reading;
  readonly #emit: (part: Part) => void;
  readonly #frames: Frame[] = [];
  #done = false;

  constructor(file: string, plan: (section: string, shape: Shape) => Reading, emit: (part: Part) => void) {
    this.#file = file;
    this.#plan = plan;
    this.#emit = emit;
  }

  /** Whether the root has been closed. */
  get done(): boolean {
    return this.#done;
  }

  /** Whether nothing but white space came. */
  get untouched(): boolean {
    return !this.#done && this.#frames.length === 0;
  }

  /** Where in the document the reading is: `nodes.model.shop.orders.columns`. */
  get path(): string {
    const keys = this.#frames.map((frame) => (frame.isList ? String(frame.index) : frame.key));
    const shown = keys.length > 5 ? [...keys.slice(0, 4), "…"] : keys;
    return shown.filter((key) => key !== "").join(".");
  }

  /** Whether an entry of a section may come next, which `takeEntry` may be given whole instead of its tokens. */
  get awaitsEntry(): boolean {
    const frame = this.#frames.at(-1);
    if (this.#frames.length !== 2 || frame === undefined || frame.reading === "whole") return false;
    return frame.next === "value" || (frame.next === "first" && frame.isList);
  }

  /** Whether what comes next lies in an entry of a section, or in a section that is read whole, and is none itself. */
  get isWithinEntry(): boolean {
    return this.#frames.length > (this.#frames.at(-1)?.reading === "whole" ? 1 : 2);
  }

  /** Whether the entries of this section are asked for, not only checked. */
  get keepsEntries(): boolean {
    return this.#frames.at(-1)?.reading === "items";
  }

  take(token: TokenType, value: unknown, offset: number): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#root(token, offset);
    if (token === (frame.isList ? TokenType.RIGHT_BRACKET : TokenType.RIGHT_BRACE)) {
      if (frame.next !== "first" && frame.next !== "end") throw this.#unexpected(token, value, offset, frame);
      return this.#close(frame);
    }
    switch (frame.next) {
      case "end":
        if (token !== TokenType.COMMA) throw this.#unexpected(token, value, offset, frame);
        frame.next = frame.isList ? "value" : "key";
        return undefined;
      case "colon":
        if (token !== TokenType.COLON) throw this.#unexpected(token, value, offset, frame);
        frame.next = "value";
        return undefined;
      case "value":
        return this.#value(frame, token, value, offset);
      default:
        if (frame.isList) return this.#value(frame, token, value, offset);
        if (token !== TokenType.STRING) throw this.#unexpected(token, value, offset, frame);
        return this.#key(frame, value as string, offset);
    }
  }

  /** Takes an entry, an object or a list, that was found to be whole and right. */
  takeEntry(value: unknown, offset: number): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    frame.next = "end";
    this.#keep(frame, value, offset);
  }

  #root(token: TokenType, offset: number): void {
    if (this.#done) throw new ArtifactError(this.#file, "something follows the end of the JSON document", { offset });
    if (token !== TokenType.LEFT_BRACE)
      throw new ArtifactError(this.#file, "it does not begin with {", { offset, expected: "a JSON object" });
    this.#frames.push(frameOf(false, undefined, new Set(), offset, "items"));
  }

  #key(frame: Frame, key: string, offset: number): void {
    const repeated = frame.keys?.has(key) ?? (frame.kept !== undefined && Object.hasOwn(frame.kept, key));
    if (repeated) {
      const at = this.#frames.length === 1 ? "the root" : this.#pathAbove();
      throw new ArtifactError(this.#file, `the key "${key}" is there twice in ${at}`, {
        offset,
        expected: "each key once, as dbt writes it",
      });
    }
    frame.keys?.add(key);
    frame.key = key;
    frame.next = "colon";
  }

  #pathAbove(): string {
    return this.#frames
      .slice(0, -1)
      .map((frame) => (frame.isList ? String(frame.index) : frame.key))
      .join(".");
  }

  #value(frame: Frame, token: TokenType, value: unknown, offset: number): void {
    if (token >= TokenType.TRUE && token <= TokenType.NUMBER) {
      if (this.#frames.length === 1) this.#begin(frame.key, "value", offset);
      this.#keep(frame, value, offset);
      frame.next = "end";
      return;
    }
    if (!openers.has(token)) throw this.#unexpected(token, value, offset, frame);
    if (this.#frames.length >= maxDepth)
      throw new ArtifactError(this.#file, `it is nested deeper than ${maxDepth} levels in ${this.path}`, { offset });
    frame.next = "end";
    const isList = token === TokenType.LEFT_BRACKET;
    const depth = this.#frames.length;
    const reading = depth === 1 ? this.#begin(frame.key, isList ? "list" : "object", offset) : frame.reading;
    const listing = depth === 1 && reading === "items";
    const kept = reading === "skip" || listing ? undefined : isList ? [] : {};
    const keys = listing && !isList ? new Set<string>() : undefined;
    this.#frames.push(frameOf(isList, kept, keys, offset, reading));
  }

  #begin(section: string, shape: Shape, offset: number): Reading {
    this.#emit({ part: "section", section, shape, offset });
    return this.#plan(section, shape);
  }

  #close(frame: Frame): void {
    this.#frames.pop();
    const parent = this.#frames.at(-1);
    if (parent === undefined) {
      this.#done = true;
      return;
    }
    if (frame.kept === undefined) parent.index += 1;
    else this.#keep(parent, frame.kept, frame.offset);
  }

  /** Puts a finished value where it belongs: into its parent, or out. */
  #keep(parent: Frame, value: unknown, offset: number): void {
    const key = parent.isList ? String(parent.index) : parent.key;
    parent.index += 1;
    if (parent.kept !== undefined) {
      if (Array.isArray(parent.kept)) parent.kept.push(value);
      // An ordinary assignment would change the prototype.
      else if (key === "__proto__")
        Object.defineProperty(parent.kept, key, { value, enumerable: true, configurable: true, writable: true });
      else parent.kept[key] = value;
      return;
    }
    if (this.#frames.length === 1) this.#emit({ part: "value", section: key, key: undefined, value, offset });
    else if (this.#frames.length === 2 && parent.reading === "items")
      this.#emit({ part: "value", section: this.#frames[0]?.key ?? "", key, value, offset });
  }

  #unexpected(token: TokenType, value: unknown, offset: number, frame: Frame): ArtifactError {
    const shown = token === TokenType.STRING ? `"${String(value).slice(0, 40)}"` : String(value);
    const place = this.path === "" ? "" : ` in ${this.path}`;
    return new ArtifactError(this.#file, `it is not JSON: ${shown}${place}`, { offset, expected: expectation(frame) });
  }
}

function frameOf(
  isList: boolean,
  kept: Frame["kept"],
  keys: Set<string> | undefined,
  offset: number,
  reading: Reading,
): Frame {
  return { isList, kept, keys, offset, reading, key: "", index: 0, next: "first" };
}

function expectation(frame: Frame): string {
  const closing = frame.isList ? "]" : "}";
  if (frame.next === "end") return `a comma or ${closing}`;
  if (frame.next === "colon") return "a colon";
  if (frame.next === "value" || frame.isList) return "a value";
  return frame.next === "first" ? "a key or }" : "a key";
}
