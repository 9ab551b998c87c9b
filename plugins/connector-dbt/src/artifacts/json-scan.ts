const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** `[` and `{`, `]` and `}` differ by this bit alone. */
const curly = 0x20;

/**
 * Finds in the bytes of a JSON document, piece by piece, where objects and lists begin and end. Knows of strings and of nothing else: whether
 * what it finds is JSON is for others to say.
 */
export class JsonScan {
  #inString = false;
  #escaped = false;
  /** Last byte outside of strings that is no white space. */
  #previous = 0;
  #depth = 0;
  #deepest = 0;
  #members = 0;

  /** Levels of the value that `endOfValue` went through last, 1 for `{}`. */
  get deepest(): number {
    return this.#deepest;
  }

  /** Members of all objects in the value that `endOfValue` went through last: its colons. */
  get members(): number {
    return this.#members;
  }

  /** Index of the next `{` or `[` at or after `from` where a value may begin; the piece's length when there is none. To be gone on with behind it. */
  nextOpening(bytes: Uint8Array, from: number): number {
    const size = bytes.length;
    let at = this.#inString ? this.#endOfString(bytes, from) : from;
    for (; at < size; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte <= 0x20) continue;
      const previous = this.#previous;
      this.#previous = byte;
      if ((byte | curly) === openBrace && (previous === colon || previous === comma || previous === openBracket))
        return at;
      if (byte === quote) {
        this.#inString = true;
        at = this.#endOfString(bytes, at + 1) - 1;
      }
    }
    return size;
  }

  /** Begins with the value at an opening that `nextOpening` found. */
  beginValue(): void {
    this.#depth = 0;
    this.#deepest = 0;
    this.#members = 0;
  }

  /** Index behind the end of the value begun with; undefined when it goes on in the next piece. */
  endOfValue(bytes: Uint8Array, from: number): number | undefined {
    const size = bytes.length;
    let at = this.#inString ? this.#endOfString(bytes, from) : from;
    for (; at < size; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) {
        this.#inString = true;
        at = this.#endOfString(bytes, at + 1) - 1;
      } else if (byte === colon) this.#members += 1;
      else if ((byte | curly) === openBrace) {
        this.#depth += 1;
        if (this.#depth > this.#deepest) this.#deepest = this.#depth;
      } else if ((byte | curly) === closeBrace) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        this.#previous = byte;
        return at + 1;
      }
    }
    return undefined;
  }

  /** Index behind the closing quote, or the piece's length. */
  #endOfString(bytes: Uint8Array, from: number): number {
    const size = bytes.length;
    let at = from;
    if (this.#escaped && at < size) {
      this.#escaped = false;
      at += 1;
    }
    while (at < size) {
      const byte = bytes[at];
      at += 1;
      if (byte === quote) {
        this.#inString = false;
        return at;
      }
      if (byte !== backslash) continue;
      this.#escaped = at === size;
      at += 1;
    }
    return size;
  }
}
