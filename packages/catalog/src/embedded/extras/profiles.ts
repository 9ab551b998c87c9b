import { createTableProfile, parseFqn, splitFqn, InvalidNameError } from "@omd/schema";
import type { CatalogEntity } from "@omd/core";
import { badRequest } from "../columns.ts";
import { notFound, type Body } from "../entity-store.ts";
import { ColumnNames, withEach } from "./column-names.ts";
import { parsed, stableId, type ExtrasContext } from "./extras-context.ts";
import { maskedProfile } from "./masked-sample.ts";
import type { Points, TimeRange } from "./series.ts";

export const profileKinds = ["table", "column", "system"] as const;
export type ProfileKind = (typeof profileKinds)[number];

const extensions = {
  table: "table.tableProfile",
  column: "table.columnProfile",
  system: "table.systemProfile",
} as const satisfies Record<ProfileKind, string>;

/** A service, a database, a schema and a table. */
const tableParts = 4;

/** Profiles of tables and columns and what the system did to tables, by time. Source: om-api §3.6. */
export class Profiles {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** Answers the table with the newest profile. Throws CatalogError: 404 without the table, 400 for an unknown column. */
  put(tableId: string, body: unknown): CatalogEntity {
    const { series } = this.#context;
    const table = this.#context.live("table", tableId);
    const { tableProfile, columnProfile = [], systemProfile = [] } = parsed(createTableProfile, body, "table profile");
    const columns = new ColumnNames(table);
    series.put(table.id, extensions.table, { timestamp: tableProfile.timestamp, body: tableProfile });
    for (const profile of columnProfile) {
      const key = columns.fqn(profile.name);
      series.put(table.id, extensions.column, { key, timestamp: profile.timestamp, body: maskedProfile(profile) });
    }
    for (const profile of systemProfile) {
      const { operation: key, timestamp } = profile;
      series.put(table.id, extensions.system, { key, timestamp, body: profile });
    }
    return this.#context.show(table, "profile");
  }

  /** The table with its newest profile and that of each column. Throws CatalogError 404. */
  latest(tableId: string): CatalogEntity {
    const table = this.#context.live("table", tableId);
    const shown = this.#context.show(table, "profile", "customMetrics") as CatalogEntity & { columns?: unknown };
    const columns = withEach(shown.columns, (fqn): Body => {
      const profile = this.#context.series.latest(table.id, extensions.column, fqn)?.body;
      return profile ? { profile } : {};
    });
    return { ...shown, columns };
  }

  /** Profiles of a table, or of what the system did to it. Throws CatalogError 404. */
  ofTable(tableId: string, kind: Exclude<ProfileKind, "column">, range: TimeRange): Points {
    return this.#context.series.range(this.#context.live("table", tableId).id, extensions[kind], range);
  }

  /** Profiles of a column by its FQN. Throws CatalogError 400 and 404. */
  ofColumn(columnFqn: string, range: TimeRange): Points {
    const fqn = readFqn(columnFqn);
    const tableFqn = splitFqn(fqn).slice(0, tableParts).join(".");
    const table = this.#context.store.liveByFqn("table", tableFqn);
    const names = new ColumnNames(table);
    let column: string;
    try {
      column = names.fqn(fqn);
    } catch {
      throw notFound("column", fqn);
    }
    return this.#context.series.range(table.id, extensions.column, range, column);
  }

  /** Profiles of all tables, newest first, as OpenMetadata's `entityProfile`. `offset` rows are passed over. */
  all(range: TimeRange & { kind?: ProfileKind | undefined; offset?: number | undefined }): Points {
    const kinds = range.kind === undefined ? profileKinds : [range.kind];
    const names = kinds.map((kind) => extensions[kind]);
    const where = `FROM series JOIN entity ON entity.id = series.entity_id AND entity.deleted = 0
      WHERE extension IN (${names.map(() => "?").join(", ")}) AND timestamp BETWEEN ? AND ?`;
    const bounds = [...names, range.startTs ?? 0, range.endTs ?? Number.MAX_SAFE_INTEGER];
    const total = this.#context.db.get(`SELECT count(*) AS n ${where}`, ...bounds);
    const rows = this.#context.db.all(
      `SELECT entity_id, extension, key, timestamp, series.body ${where}
        ORDER BY timestamp DESC, entity_id, extension, key LIMIT ? OFFSET ?`,
      ...bounds,
      range.limit ?? 10,
      range.offset ?? 0,
    );
    const data = rows.map(({ entity_id, extension, key, timestamp, body }): Body => ({
      id: stableId(String(entity_id), String(extension), String(key), Number(timestamp)),
      entityReference: this.#context.store.reference(String(entity_id)),
      timestamp,
      profileData: JSON.parse(String(body)) as Body,
      profileType: profileKinds.find((kind) => extensions[kind] === extension),
    }));
    return { data, total: Number(total?.n ?? 0) };
  }
}

function readFqn(text: string): string {
  try {
    return parseFqn(text);
  } catch (error) {
    if (error instanceof InvalidNameError) throw badRequest(error.message);
    throw error;
  }
}
