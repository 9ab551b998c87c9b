import type { CatalogDatabase } from "./database.ts";
import { maskedEvent, maskedText } from "./event-mask.ts";

/** What could not be read as an event. `body` is cut and has no secrets. */
export interface DeadLetter {
  readonly id: number;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly reason: string;
  readonly body: string;
}

/** Most dead letters that are kept, and most characters of each. */
export const deadLetterLimits = { letters: 1000, characters: 16_384, reason: 2000 } as const;

/** What came as an OpenLineage event and was none. Methods that write expect an open transaction. */
export class DeadLetters {
  readonly #db: CatalogDatabase;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** The oldest beyond {@link deadLetterLimits} go. */
  add(letters: readonly Omit<DeadLetter, "id">[]): void {
    for (const { receivedAt, reason, body } of letters.slice(-deadLetterLimits.letters)) {
      this.#db.run(
        "INSERT INTO dead_letter (received_at, reason, body) VALUES (?, ?, ?)",
        receivedAt,
        maskedText(reason).slice(0, deadLetterLimits.reason),
        letterBody(body),
      );
    }
    this.#db.run("DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?", deadLetterLimits.letters);
  }

  /** Deletes those that came before that time, epoch ms. Answers how many. */
  prune(before: number): number {
    return this.#db.run("DELETE FROM dead_letter WHERE received_at < ?", before);
  }

  /** Newest first. */
  list(limit: number): DeadLetter[] {
    return this.#db.all("SELECT * FROM dead_letter ORDER BY id DESC LIMIT ?", limit).map((row) => ({
      id: Number(row.id),
      receivedAt: Number(row.received_at),
      reason: String(row.reason),
      body: String(row.body),
    }));
  }
}

function letterBody(text: string): string {
  return jsonLetter(text).slice(0, deadLetterLimits.characters);
}

/** Masked as JSON where it is JSON, else as text. Of a long one only the beginning is looked at. */
function jsonLetter(text: string): string {
  try {
    return JSON.stringify(maskedEvent(JSON.parse(text)));
  } catch {
    return maskedText(text.slice(0, deadLetterLimits.characters));
  }
}
