import { right, type Source, type SourceClass } from "@omd/core";
import { offsetPages } from "@omd/http";
import { z } from "zod";

const page = z.object({ rows: z.array(z.object({ name: z.string() })), total_entries: z.number() });

export const rows = Array.from({ length: 23 }, (_, number) => ({
  name: `row_${String(number).padStart(2, "0")}`,
  at: "2026-01-01T00:00:00Z",
}));

/** Reads /rows as a connector should. */
export const honestSource: SourceClass = {
  create(config, context): Source {
    const client = context.http({ name: "sample", baseUrl: String(config.connection["hostPort"]) });
    return {
      async *iter() {
        const scope = context.ledger.open("sample/rows");
        const pages = offsetPages(client, {
          limit: 10,
          observer: scope,
          request: (offset, limit) => ({ path: "/rows", query: { offset, limit } }),
          parse: (value) => {
            const { rows: found, total_entries: total } = page.parse(value);
            return { rows: found, total };
          },
        });
        try {
          for await (const found of pages) {
            for (const { name } of found)
              yield right({ kind: "entity", entityType: "pipeline", request: { name, service: context.service } });
          }
          scope.complete();
        } catch (error) {
          scope.fail(error instanceof Error ? error.message : "unknown");
        }
      },
    };
  },
};

/** Takes any trouble for the end of the listing, and stops when a page is shorter than asked for. */
export const carelessSource: SourceClass = {
  create(config, context): Source {
    return {
      async *iter() {
        const scope = context.ledger.open("sample/rows");
        for (let offset = 0; ; offset += 10) {
          const signal = AbortSignal.any([context.signal, AbortSignal.timeout(500)]);
          const found = await fetch(`${String(config.connection["hostPort"])}/rows?limit=10&offset=${offset}`, {
            signal,
          })
            .then(async (response) => page.parse(await response.json()).rows)
            .catch(() => []);
          for (const { name } of found)
            yield right({ kind: "entity", entityType: "pipeline", request: { name, service: context.service } });
          if (found.length < 10) break;
        }
        scope.complete();
      },
    };
  },
};
