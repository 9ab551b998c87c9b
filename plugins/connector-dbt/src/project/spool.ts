import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OmdError } from "@omd/core";

/** Number of a value in its {@link Spool}. */
export type Place = number;

const bufferedBytes = 1024 * 1024;
/** Read at once: what is asked for next mostly lies behind what was asked for last. */
const windowBytes = 64 * 1024;
/** Things of several kinds are read in turn, each kind in the order in which it was written. */
const windowCount = 4;

/** A part of the file in memory. */
interface Window {
  readonly bytes: Buffer;
  /** Where in the file it begins. */
  from: number;
  size: number;
}

/**
 * Values of a run that are too large to be held: one JSON text after the other in a temporary file that only this user can read. The file has
 * no name any more once it is open, where the system allows that, so that nothing stays behind a process that was killed.
 */
export class Spool {
  readonly #directory: string;
  readonly #file: number;
  #waiting = Buffer.allocUnsafe(bufferedBytes);
  #waitingBytes = 0;
  #written = 0;
  #isOpen = true;
  #count = 0;
  /** Where each value ends, in bytes; a value takes eight bytes of memory. */
  #ends = new Float64Array(1024);
  /** The one read last comes first. */
  readonly #windows: Window[] = [];

  /** Throws OMD_CONNECTION when the directory for temporary files cannot be written. */
  constructor() {
    try {
      this.#directory = mkdtempSync(join(tmpdir(), "omd-dbt-"));
      this.#file = openSync(join(this.#directory, "spool"), "wx+", 0o600);
    } catch (cause) {
      throw spoolError(cause);
    }
    this.#unlink();
  }

  /** Throws OMD_CONNECTION when the disk is full. */
  add(value: unknown): Place {
    const text = JSON.stringify(value);
    // A UTF-16 unit takes three bytes at most.
    if (this.#waitingBytes + 3 * text.length > bufferedBytes) this.#flush();
    if (3 * text.length > bufferedBytes) this.#write(Buffer.from(text));
    else this.#waitingBytes += this.#waiting.write(text, this.#waitingBytes);
    const place = this.#count;
    this.#count += 1;
    this.#end(place, this.#written + this.#waitingBytes);
    return place;
  }

  /** The value as JSON gives it back: without the members that were undefined. */
  read(place: Place): unknown {
    const from = place === 0 ? 0 : (this.#ends[place - 1] ?? 0);
    const end = this.#ends[place] ?? 0;
    if (end > this.#written) this.#flush();
    const window = this.#window(from, end);
    return JSON.parse(window.bytes.toString("utf8", from - window.from, end - window.from));
  }

  /** Removes the file; may be called again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#waiting = Buffer.alloc(0);
    this.#windows.length = 0;
    closeSync(this.#file);
    this.#unlink();
  }

  #end(place: Place, bytes: number): void {
    if (place >= this.#ends.length) {
      const longer = new Float64Array(this.#ends.length * 2);
      longer.set(this.#ends);
      this.#ends = longer;
    }
    this.#ends[place] = bytes;
  }

  #unlink(): void {
    try {
      rmSync(this.#directory, { recursive: true, force: true });
    } catch (error) {
      // Windows keeps the name of an open file; it is removed when the file is closed.
      if (!this.#isOpen) throw error;
    }
  }

  #flush(): void {
    this.#write(this.#waiting.subarray(0, this.#waitingBytes));
    this.#waitingBytes = 0;
  }

  #write(bytes: Buffer): void {
    try {
      for (let sent = 0; sent < bytes.length;)
        sent += writeSync(this.#file, bytes, sent, bytes.length - sent, this.#written + sent);
    } catch (cause) {
      throw spoolError(cause);
    }
    this.#written += bytes.length;
  }

  /** One in which these bytes are. */
  #window(from: number, end: number): Window {
    const found = this.#windows.findIndex((one) => one.from <= from && end <= one.from + one.size);
    const [known] = found < 0 ? [] : this.#windows.splice(found, 1);
    const window = known ?? this.#filled(from, end);
    if (window.bytes.length === windowBytes) this.#windows.unshift(window);
    return window;
  }

  #filled(from: number, end: number): Window {
    const isLarge = end - from > windowBytes;
    const oldest = isLarge || this.#windows.length < windowCount ? undefined : this.#windows.pop();
    const bytes = oldest?.bytes ?? Buffer.allocUnsafe(isLarge ? end - from : windowBytes);
    const size = Math.min(bytes.length, this.#written - from);
    for (let got = 0; got < size;) {
      const count = readSync(this.#file, bytes, got, size - got, from + got);
      if (count === 0) throw new Error(`the temporary file ends at byte ${fstatSync(this.#file).size}`);
      got += count;
    }
    return { bytes, from, size };
  }
}

function spoolError(cause: unknown): OmdError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new OmdError(
    "OMD_CONNECTION",
    `the artifacts of dbt cannot be kept in ${tmpdir()} while they are read: ${problem}`,
    {
      hint: "About as much room is needed there as the artifacts take up; TMPDIR names another directory.",
      cause,
    },
  );
}
