import type { EntityType } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";

const pageSize = 500;

/** Rows of one type by FQN, those below one when it is given, in pages: what is written while it runs is seen when it lies ahead. */
export function* entityRows(db: CatalogDatabase, type: EntityType, below?: string): Generator<Row> {
  // `/` follows `.`: the range holds exactly the names that begin with `below.`.
  const [from, to] = below === undefined ? ["", "\u{10FFFF}"] : [`${below}.`, `${below}/`];
  let after = from;
  for (;;) {
    const rows = db.all(
      "SELECT * FROM entity WHERE type = ? AND fqn > ? AND fqn < ? ORDER BY fqn LIMIT ?",
      type,
      after,
      to,
      pageSize,
    );
    for (const row of rows) {
      after = String(row.fqn);
      yield row;
    }
    if (rows.length < pageSize) return;
  }
}
