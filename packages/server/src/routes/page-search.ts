import { facetKinds } from "@omd/catalog";
import type { FastifyInstance } from "fastify";
import { queryOf, text, texts, wholeNumber } from "../query.ts";
import type { PageParts } from "../parts.ts";

const maxHits = 200;
/** What lies further back nobody pages to; it would be sorted for each page before it. */
const maxOffset = 10_000;

export function facetRoutes(app: FastifyInstance, { catalog }: PageParts): void {
  app.get("/api/omd/search", (request) => {
    const query = queryOf(request);
    return catalog.facets.search({
      text: text(query, "q") ?? "",
      filters: Object.fromEntries(facetKinds.map((kind) => [kind, texts(query, kind)])),
      limit: wholeNumber(query, "limit", { min: 0, max: maxHits }) ?? 20,
      offset: wholeNumber(query, "offset", { min: 0, max: maxOffset }) ?? 0,
    });
  });
}
