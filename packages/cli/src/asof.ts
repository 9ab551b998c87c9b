import { Flags } from "@oclif/core";
import type { Catalog } from "@omd/core";
import { momentOf } from "./moment.ts";
import { needEmbedded, type OpenedCatalog } from "./open-catalog.ts";
import { usageError } from "./usage-error.ts";

/** `--asof`: epoch ms. */
export const asofFlag = Flags.custom<number>({
  description: "as the embedded catalog was at that time: 2026-11-20, 2026-11-20T08:00Z, 2d, 3h ago",
  helpValue: "TIME",
  parse: async (text) => {
    const time = momentOf(text, Date.now());
    if (time === undefined)
      throw usageError(
        `--asof: ${text} is no time\n  Write an ISO date or time (2026-11-20T08:00Z), or how long ago: 2d, 3h, 90 minutes ago.`,
      );
    return time;
  },
})();

/** The catalog, or what it was at that time. Throws a usage error for a server. */
export function catalogAsOf(
  opened: OpenedCatalog,
  time: number | undefined,
): Pick<Catalog, "get" | "list" | "neighbourhood"> {
  return time === undefined ? opened.catalog : needEmbedded(opened, "--asof").history.at(time);
}
