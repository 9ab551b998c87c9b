const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
const ago = /^(\d+(?:\.\d+)?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)(?:\s+ago)?$/i;
const iso = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Epoch ms of an ISO date or time, or of how long ago something was (`2d`, `3 hours ago`); undefined for anything else. */
export function momentOf(text: string, now: number): number | undefined {
  const given = text.trim();
  const [, amount, unit] = ago.exec(given) ?? [];
  if (amount !== undefined && unit !== undefined)
    return now - Number(amount) * (units[unit.charAt(0).toLowerCase()] ?? 0);
  if (!iso.test(given)) return undefined;
  // A date alone is local midnight, like a time without a zone; Date.parse would take it for UTC.
  const time = Date.parse(given.length === 10 ? `${given}T00:00` : given.replace(" ", "T"));
  return Number.isNaN(time) ? undefined : time;
}
