import { mask, masked } from "./mask.ts";

type Fields = Record<string, unknown>;

/** Facets that hold a map by column name: a column may be called `password` without being one. */
const byColumn: readonly (readonly [facet: string, field: string])[] = [
  ["columnLineage", "fields"],
  ["dataQualityMetrics", "columnMetrics"],
];

/** An OpenLineage event without its secrets; names of columns stay. */
export function maskedEvent(event: unknown): unknown {
  const hidden = masked(event);
  if (!isFields(event) || !isFields(hidden)) return hidden;
  for (const list of ["inputs", "outputs"]) {
    const [given, kept] = [event[list], hidden[list]];
    if (!Array.isArray(given) || !Array.isArray(kept)) continue;
    given.forEach((dataset, place) => {
      restoreColumns(dataset, kept[place]);
    });
  }
  restoreColumns(event["dataset"], hidden["dataset"]);
  return hidden;
}

/** Text that may be no JSON: passwords in URLs and what follows a secret-like key. */
export function maskedText(text: string): string {
  const keyed =
    /((?:passw(?:or)?d|passphrase|pwd|secret|token|credential|authorization|cookie|api[-_]?key|access[-_]?key|private[-_]?key)[\w.-]{0,64}["']?\s{0,8}[:=]\s{0,8})("(?:[^"\\]|\\.)*"?|'[^']*'?|(?:bearer |basic )?[^\s,;&}"']+)/gi;
  return String(masked(text)).replaceAll(keyed, `$1${mask}`);
}

function restoreColumns(given: unknown, kept: unknown): void {
  if (!isFields(given) || !isFields(kept)) return;
  for (const facets of ["facets", "inputFacets", "outputFacets"]) {
    for (const [facet, field] of byColumn) {
      const columns = at(given, facets, facet, field);
      const place = at(kept, facets, facet);
      if (!isFields(columns) || !isFields(place)) continue;
      place[field] = Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, masked(value)]));
    }
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isFields(inner) ? inner[key] : undefined), value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
