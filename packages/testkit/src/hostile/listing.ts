import { jsonAnswer, type Upstream } from "./exchange.ts";

/**
 * A simulated target: GET /rows?limit=&offset= answers `{rows, total_entries}`, at most 100 rows a page (50 by default).
 * For trying the kit out; a connector is proven by its real server or by recorded answers of one.
 */
export function simulatedListing(rows: readonly unknown[]): Upstream {
  return ({ path, query }) => {
    if (path !== "/rows") return Promise.resolve(jsonAnswer(404, { title: "Not Found" }));
    const offset = Number(query.get("offset") ?? 0);
    const limit = Math.min(Number(query.get("limit") ?? 50), 100);
    return Promise.resolve(jsonAnswer(200, { rows: rows.slice(offset, offset + limit), total_entries: rows.length }));
  };
}
