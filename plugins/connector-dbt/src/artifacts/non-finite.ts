const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const [capitalI, capitalN] = [0x49, 0x4e];
const words = ["NaN", "Infinity", "-Infinity"];
const stand = Buffer.from("null");

/** Where bytes go on to. */
export interface BytesBehind {
  write(bytes: Uint8Array): void;
  /** Whether a value of what was written so far may be such a word. */
  admits(): boolean;
  /** `null` was written for a word of so many bytes. */
  replaced(length: number): void;
}

/**
 * Puts `null` where a JSON document has a bare `NaN`, `Infinity` or `-Infinity` outside of strings, where one is admitted: what Python writes, and so dbt, for floats
 * that JSON has no word for. All other bytes pass as they are, in their order, piece by piece.
 */
export class NonFinite {
  /** Words met so far. */
  count = 0;
  readonly #behind: BytesBehind;
  #inString = false;
  #escaped = false;
  /** Last byte that is no part of `begun`. */
  #previous = 0;
  /** The beginning of what may become a word, held back. */
  #begun = "";

  constructor(behind: BytesBehind) {
    this.#behind = behind;
  }

  take(bytes: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (this.#begun !== "") {
        if (this.#goesOn(byte)) {
          from = at + 1;
          continue;
        }
        this.release();
        from = at;
      }
      if (this.#mayBegin(byte)) {
        this.#write(bytes.subarray(from, at));
        from = at;
        if (this.#behind.admits()) {
          this.#begun = String.fromCharCode(byte);
          from = at + 1;
          continue;
        }
      }
      this.#pass(byte);
    }
    this.#write(bytes.subarray(from));
  }

  /** Lets go of the beginning of a word that nothing follows. */
  release(): void {
    const held = Buffer.from(this.#begun);
    this.#begun = "";
    this.#previous = held.at(-1) ?? this.#previous;
    this.#write(held);
  }

  #goesOn(byte: number): boolean {
    const next = this.#begun + String.fromCharCode(byte);
    if (!words.some((word) => word.startsWith(next))) return false;
    this.#begun = next;
    if (!words.includes(next)) return true;
    this.#begun = "";
    this.#previous = byte;
    this.count += 1;
    this.#write(stand);
    this.#behind.replaced(next.length);
    return true;
  }

  /** Not within a string, nor behind another number or word. */
  #mayBegin(byte: number): boolean {
    return (
      (byte === capitalN || byte === capitalI || byte === minus) &&
      !this.#inString &&
      !/[\w.+-]/u.test(String.fromCharCode(this.#previous))
    );
  }

  #pass(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === quote) this.#inString = !this.#inString;
    else if (byte === backslash && this.#inString) this.#escaped = true;
    this.#previous = byte;
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#behind.write(bytes);
  }
}
