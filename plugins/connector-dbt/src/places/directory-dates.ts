/** A directory as its name tells: runs of one project have one family, and of these the newest has the last date. */
export interface DatedDirectory {
  /** The name without its dates; the name itself where it has none. */
  readonly family: string;
  /** Compared as text; empty where the name has none. */
  readonly date: string;
}

const partitions = /(?<=^|\/)(?:year=|y=)?(\d{4})\/(?:month=|m=)?(\d{1,2})\/(?:day=|d=)?(\d{1,2})(?=\/|$)/gu;
const stamps =
  /(?<!\d)(?:\d{4}-\d\d-\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?(?!\d))(?:[T_ -]\d\d(?:[:._-]?\d\d){0,2}(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?(?!\d))?/gu;

/** `shop/2024-05-01`, `run_20240501/shop` and `2024/05/01/shop` are dated, wherever in the name the date stands. */
export function datedDirectory(directory: string): DatedDirectory {
  const dates: string[] = [];
  const family = directory
    .replaceAll(partitions, (_, year: string, ...parts: string[]) => {
      const [month = "", day = ""] = parts;
      dates.push([year, month.padStart(2, "0"), day.padStart(2, "0")].join("-"));
      return "<date>";
    })
    .replaceAll(stamps, (stamp) => {
      dates.push(stamp);
      return "<date>";
    });
  return { family, date: dates.join("/") };
}

/** The name without dates, numbers and hashes: what the directories of several runs of a job have in common, and perhaps those of several projects too. */
export function runFamily(directory: string): string {
  return datedDirectory(directory).family.replaceAll(
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])|\d+/giu,
    "#",
  );
}
