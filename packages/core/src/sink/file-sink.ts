import { closeSync, createWriteStream, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { MetadataRecord } from "@omd/schema";
import { failureOf, left, right, type Either, type Sink, type Written } from "../contracts/index.ts";
import { makeDirectory } from "@omd/http";
import { recordName } from "./metadata-rest/sink.ts";

const order: readonly MetadataRecord["kind"][] = [
  "entity",
  "tag",
  "pipelineStatus",
  "lineage",
  "lineageRemoval",
  "dataModel",
  "entityUpdate",
  "testResult",
];

/**
 * Writes records as JSON lines: one a record, keys sorted, lines sorted by kind and name. Equal input gives a byte-identical file,
 * whatever the order in which parallel reads came back. Lines wait in a temporary SQLite file, so memory does not grow with them.
 */
export class FileSink implements Sink {
  readonly name = "File";
  readonly maxInFlight = 64;
  readonly #file: string;
  readonly #redact: (text: string) => string;
  readonly #lines = new DatabaseSync("");
  readonly #insert: StatementSync;

  /** Makes the file's directory, and the file where there is none. Throws what the system says of one that cannot be written. */
  constructor(options: { filename: string; redact: (text: string) => string }) {
    this.#file = options.filename;
    makeDirectory(dirname(this.#file));
    // What an earlier run wrote stays until there is something in its place.
    closeSync(openSync(this.#file, "a"));
    this.#redact = options.redact;
    this.#lines.exec(
      "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE line (rank INTEGER, name TEXT, text TEXT, PRIMARY KEY (rank, name, text)) WITHOUT ROWID; BEGIN",
    );
    this.#insert = this.#lines.prepare("INSERT OR IGNORE INTO line VALUES (?, ?, ?)");
  }

  run(record: MetadataRecord): Promise<Either<Written>> {
    const name = recordName(record);
    try {
      const { marks: _marks, ...content } = record;
      this.#insert.run(order.indexOf(record.kind), name, this.#redact(stableJson(content)));
      return Promise.resolve(right({ outcome: "created", name }));
    } catch (error) {
      return Promise.resolve(left(failureOf(name, error)));
    }
  }

  async close(): Promise<void> {
    await pipeline(Readable.from(this.#sorted()), createWriteStream(this.#file));
    this.#lines.close();
  }

  *#sorted(): Generator<string> {
    for (const row of this.#lines.prepare("SELECT text FROM line ORDER BY rank, name, text").iterate())
      yield `${String(row["text"])}\n`;
  }
}

/** JSON with the keys of every object sorted. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
