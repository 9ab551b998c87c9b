/** Where a hit stands in the order of an answer: by the value of the sort field, then by id. */
export interface SortPlace {
  readonly value: SortValue;
  readonly id: string;
}

/** Empty without a value; such hits come last in either direction. */
export type SortValue = string | number;

export function sortValue(value: unknown): SortValue {
  if (typeof value === "number" || typeof value === "string") return value;
  return typeof value === "boolean" ? String(value) : "";
}

/** Below 0: `a` comes first. */
export function comparePlaces(a: SortPlace, b: SortPlace, descending: boolean): number {
  return compareValues(a.value, b.value, descending) || compareTexts(a.id, b.id);
}

/**
 * Whether a hit follows what `search_after` names: the texts of its `sort`, joined by commas, as clients send them. Without an id what has
 * the same value does not follow.
 */
export function follows(place: SortPlace, after: string, descending: boolean): boolean {
  const { value, id } = readCursor(after);
  const given = typeof place.value === "number" && value !== "" ? Number(value) : value;
  const order = compareValues(place.value, given, descending);
  return order > 0 || (order === 0 && id !== undefined && compareTexts(place.id, id) > 0);
}

const withId = /^(.*),([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/isu;

/** Values may have commas of their own, ids have none. */
export function readCursor(after: string): { readonly value: string; readonly id?: string } {
  const [, value, id] = withId.exec(after) ?? [];
  return value === undefined || id === undefined ? { value: after } : { value, id: id.toLowerCase() };
}

function compareValues(a: SortValue, b: SortValue, descending: boolean): number {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  const order = typeof a === "number" && typeof b === "number" ? a - b : compareTexts(String(a), String(b));
  return descending ? -order : order;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
