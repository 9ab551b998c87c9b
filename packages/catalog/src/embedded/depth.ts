/** Levels of nested objects and lists that JSON from outside may have: SQLite reads no JSON below its 1,000th, and what walks one has a stack. */
export const deepestJson = 200;

/** Whether a parsed JSON value is nested more than {@link deepestJson} levels deep. */
export function isTooDeep(value: unknown, left = deepestJson): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1));
}
