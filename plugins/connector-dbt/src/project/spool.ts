import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OmdError } from "@omd/core";

/** Number of a value in its {@link Spool}. */
export type Place = number;

const bufferedBytes = 1024 * 1024;

/**
 * Values of a run that are too large to be held: JSON lines in a temporary file that only this user can read. The file has no name
 * any more once it is open, where the system allows that, so that nothing stays behind a process that was killed.
 */
export class Spool {
  readonly #directory: string;
  readonly #file: number;
  #written = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isOpen = true;
  #count = 0;
  /** Where each value ends, in bytes; a value takes eight bytes of memory. */
  #ends = new Float64Array(1024);

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
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    const place = this.#count;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#count += 1;
    this.#end(place, this.#written + this.#waitingBytes);
    if (this.#waitingBytes >= bufferedBytes) this.#flush();
    return place;
  }

  /** The value as JSON gives it back: without the members that were undefined. */
  read(place: Place): unknown {
    const offset = place === 0 ? 0 : (this.#ends[place - 1] ?? 0);
    const end = this.#ends[place] ?? 0;
    const length = end - offset;
    if (end > this.#written) this.#flush();
    const bytes = Buffer.allocUnsafe(length);
    let got = 0;
    while (got < length) {
      const count = readSync(this.#file, bytes, got, length - got, offset + got);
      if (count === 0) throw new Error(`the temporary file ends at byte ${fstatSync(this.#file).size}`);
      got += count;
    }
    return JSON.parse(bytes.toString("utf8"));
  }

  /** Removes the file; may be called again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#waiting = [];
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
    const bytes = Buffer.concat(this.#waiting, this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      for (let sent = 0; sent < bytes.length;)
        sent += writeSync(this.#file, bytes, sent, bytes.length - sent, this.#written + sent);
    } catch (cause) {
      throw spoolError(cause);
    }
    this.#written += bytes.length;
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
