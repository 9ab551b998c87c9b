const number = new Intl.NumberFormat("en");
const dateTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return number.format(value);
}

/** `1 run`, `2 runs`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Milliseconds → `81 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const units = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1000, "s"],
  ] as const;
  const at = units.findIndex(([size]) => ms >= size);
  return units
    .slice(at, at + 2)
    .map(([size, name], position) => [Math.floor((position === 0 ? ms : ms % (units[at]?.[0] ?? 1)) / size), name])
    .filter(([value]) => value !== 0)
    .map(([value, name]) => `${value} ${name}`)
    .join(" ");
}

/** Epoch ms or ISO 8601 → date and time of day in the reader's zone. */
export function moment(time: number | string | undefined): string {
  const date = time === undefined ? undefined : new Date(time);
  return date && !Number.isNaN(date.getTime()) ? dateTime.format(date) : "";
}

/** `just now`, `5 min ago`, `3 h ago`, `2 d ago`; times ahead: `in 5 min`. */
export function ago(time: number, now: number = Date.now()): string {
  const distance = Math.abs(now - time);
  if (distance < 45_000) return "just now";
  const text =
    distance < 3_570_000
      ? `${Math.max(1, Math.round(distance / 60_000))} min`
      : distance < 129_600_000
        ? `${Math.round(distance / 3_600_000)} h`
        : `${Math.round(distance / 86_400_000)} d`;
  return time <= now ? `${text} ago` : `in ${text}`;
}

/** Bytes → `512 B`, `1.5 kB`, `20 MB`. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** `pipelineService` → `pipeline service`. */
export function kind(type: string): string {
  return type.replaceAll(
    /([a-z])([A-Z])/g,
    (_all, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}

/** `NOT_NULL` → `not null`. */
export function words(name: string | undefined): string {
  return (name ?? "").toLowerCase().replaceAll("_", " ");
}

/** A measured value: numbers with the digits that matter, other values as they are. */
export function measure(value: unknown): string {
  if (typeof value !== "number") return plain(value);
  const whole = Math.trunc(Math.abs(value)).toFixed(0).length;
  return new Intl.NumberFormat("en", { maximumSignificantDigits: Math.min(21, Math.max(6, whole + 2)) }).format(value);
}

/** `pipelineService` → `pipeline services`. */
export function kinds(type: string): string {
  const one = kind(type);
  if (/[^aeiou]y$/.test(one)) return `${one.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(one) ? `${one}es` : `${one}s`;
}

/** A value of unknown shape as one line of text. */
export function plain(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return typeof value === "number" ? count(value) : JSON.stringify(value);
}
