import { Tokenizer } from "@streamparser/json";
import { ArtifactError } from "./artifact-error.ts";
import type { Note } from "./fields.ts";
import { JsonAssembler, maxDepth, type Part, type Reading, type Shape } from "./json-assembler.ts";
import { JsonScan } from "./json-scan.ts";
import { NonFinite } from "./non-finite.ts";
import { plainBytes, type ByteStream } from "./plain-bytes.ts";

export type { Part, Reading, Shape } from "./json-assembler.ts";

/** Largest string or number, in bytes. The largest that dbt writes is a model's SQL. */
const maxTokenBytes = 64 * 1024 * 1024;

/** Larger entries of a section are read token by token, so that they are not held as bytes, as text and as values at once. */
const maxEntryBytes = 8 * 1024 * 1024;

/** Below the root and the section. */
const maxEntryDepth = maxDepth - 2;

/**
 * Reads a JSON object as a stream, in the order of the file: the beginning of each section and the values that `plan` asks for.
 * No more than one piece of the file and the values begun in it are in memory. A bare NaN or Infinity within an entry or a whole section is null; `note` is told once how many
 * there were. Throws an {@link ArtifactError}.
 */
export async function* readSections(
  stream: ByteStream,
  file: string,
  plan: (section: string, shape: Shape) => Reading,
  note?: Note,
): AsyncGenerator<Part> {
  const reader = new SectionReader(file, plan);
  for await (const piece of plainBytes(stream, file)) for (const part of reader.take(piece)) yield part;
  reader.end();
  const { nonFinite } = reader;
  if (nonFinite > 0)
    note?.(
      `NaN and Infinity, which JSON does not have, are read as null: ${nonFinite} ${nonFinite === 1 ? "value" : "values"}`,
    );
}

/**
 * Token by token where sections and their entries begin and end; each entry, an object or a list, is found by a scan and parsed natively.
 * What the native parser refuses, or is too lax for, is read again token by token: that says what is wrong, and where.
 */
class SectionReader {
  readonly #file: string;
  readonly #assembler: JsonAssembler;
  readonly #tokenizer = new Tokenizer({ stringBufferSize: 64 * 1024 });
  readonly #numbers = new NonFinite({
    write: (bytes) => this.#tokenizer.write(bytes as Uint8Array & Iterable<number>),
    admits: () => this.#assembler.isWithinEntry,
    replaced: (length) => {
      this.#passed += length - "null".length;
    },
  });
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #scan = new JsonScan();
  #ready: Part[] = [];
  /** Bytes of the pieces before this one. */
  #size = 0;
  #lastToken = 0;
  /** Bytes that the tokenizer did not get. */
  #passed = 0;
  /** An entry that began in a piece before this one. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(file: string, plan: (section: string, shape: Shape) => Reading) {
    this.#file = file;
    this.#assembler = new JsonAssembler(file, plan, (part) => this.#ready.push(part));
    this.#tokenizer.onToken = ({ token, value, offset }) => {
      this.#lastToken = offset + this.#passed;
      this.#assembler.take(token, value, this.#lastToken);
    };
  }

  /** How often NaN, Infinity or -Infinity stood for a number so far. */
  get nonFinite(): number {
    return this.#numbers.count;
  }

  /** What was found in the next piece of the file. */
  take(piece: Uint8Array): readonly Part[] {
    this.#ready = [];
    let read = this.#heldBytes > 0 ? this.#entry(piece, 0) : this.#mark(piece);
    let at = this.#scan.nextOpening(piece, read);
    while (at < piece.length) {
      this.#tokens(piece.subarray(read, at));
      read = at;
      if (this.#assembler.awaitsEntry) {
        this.#scan.beginValue();
        read = this.#entry(piece, at);
        at = this.#scan.nextOpening(piece, read);
      } else at = this.#scan.nextOpening(piece, at + 1);
    }
    this.#tokens(piece.subarray(read));
    this.#size += piece.length;
    if (this.#size - this.#lastToken > maxTokenBytes && !this.#assembler.done)
      throw new ArtifactError(this.#file, `a value of more than ${maxTokenBytes} bytes in ${this.#assembler.path}`, {
        offset: this.#lastToken,
      });
    return this.#ready;
  }

  /** Throws when the document has not ended. */
  end(): void {
    this.#byToken();
    this.#tokens(undefined);
    if (this.#assembler.done) {
      // A number, a word or a string begun behind the end is found out by what follows it.
      this.#tokens(Buffer.from("\n"));
      return;
    }
    if (this.#assembler.untouched) throw new ArtifactError(this.#file, "it is empty", { expected: "a JSON object" });
    throw new ArtifactError(this.#file, `it is cut: it ends in the middle of ${this.#assembler.path || "the root"}`, {
      offset: this.#size,
      expected: "the rest of the JSON document",
      hint: "Was dbt still writing, or a copy broken off? Bring the whole file.",
    });
  }

  /** Reads the entry that begins, or goes on, at `from`; returns the index behind what was read. */
  #entry(piece: Uint8Array, from: number): number {
    const end = this.#scan.endOfValue(piece, from);
    const bytes = piece.subarray(from, end);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > maxEntryBytes || this.#scan.deepest > maxEntryDepth) this.#byToken();
    else if (end !== undefined && !this.#natively(this.#size + end)) this.#byToken();
    return end ?? piece.length;
  }

  /** Parses the entry that is held and ends at the byte `end` of the file; false when that must be done token by token. */
  #natively(end: number): boolean {
    const [first = Buffer.alloc(0)] = this.#held;
    let value: unknown;
    try {
      value = JSON.parse(this.#decoder.decode(this.#held.length === 1 ? first : Buffer.concat(this.#held)));
    } catch {
      return false;
    }
    // The native parser lets the last of two members win that have the same key.
    if (this.#assembler.keepsEntries && membersOf(value) !== this.#scan.members) return false;
    this.#assembler.takeEntry(value, end - this.#heldBytes);
    this.#lastToken = end - 1;
    this.#passed += this.#heldBytes;
    this.#held = [];
    this.#heldBytes = 0;
    return true;
  }

  #byToken(): void {
    for (const bytes of this.#held) this.#tokens(bytes);
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Without bytes: what was held back as the beginning of a word. */
  #tokens(bytes: Uint8Array | undefined): void {
    try {
      if (bytes === undefined) this.#numbers.release();
      else this.#numbers.take(bytes);
    } catch (error) {
      throw error instanceof ArtifactError ? error : this.#notJson(error);
    }
  }

  #notJson(error: unknown): ArtifactError {
    const text = String(error);
    const { path } = this.#assembler;
    const place = path === "" ? "" : ` in ${path}`;
    if (/^TypeError|encoded data/u.test(text))
      return new ArtifactError(this.#file, `bytes that are not UTF-8${place}, after the value`, {
        offset: this.#lastToken,
        expected: "UTF-8",
        cause: error,
      });
    const at = /absolute position "(\d+)"/u.exec(text)?.[1];
    const found = /Unexpected "([\s\S]*?)" at/u.exec(text)?.[1];
    return new ArtifactError(
      this.#file,
      `it is not JSON${place}${found === undefined ? "" : `: ${JSON.stringify(found)}`}`,
      { offset: at === undefined ? this.#lastToken : Number(at) + this.#passed, expected: "JSON", cause: error },
    );
  }

  /** Passes over a byte order mark; returns the index behind it. */
  #mark(piece: Uint8Array): number {
    if (this.#size > 0 || piece[0] !== 0xef || piece[1] !== 0xbb || piece[2] !== 0xbf) return 0;
    this.#passed = 3;
    return 3;
  }
}

/** Members of all objects in a value. */
function membersOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const one of value as unknown[]) count += membersOf(one);
    return count;
  }
  for (const key in value) {
    const below = (value as Record<string, unknown>)[key];
    count += typeof below === "object" ? 1 + membersOf(below) : 1;
  }
  return count;
}
