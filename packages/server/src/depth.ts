/** Levels of nested objects and lists that a body may have: SQLite reads no JSON below its 1,000th, and what walks one has a stack. */
export const deepest = 200;

/** Whether a parsed JSON value is nested more than {@link deepest} levels deep. */
export function isTooDeep(value: unknown, left = deepest): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1));
}
