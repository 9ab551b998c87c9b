import { placeError } from "./project.ts";

/** One part of a file. */
export interface RangeAnswer {
  readonly bytes: Uint8Array;
  /** Size of the whole file; undefined when `bytes` is the whole file, since the server knows no ranges. */
  readonly total: number | undefined;
  /** Tells two states of the file apart: an ETag or the like. */
  readonly version: string | undefined;
}

/** Bytes asked for at once: few calls, and little to ask again when one fails. */
const rangeBytes = 8 * 1024 * 1024;

/** Reads a file part by part, so that no more than a part is in memory and a failed call costs one part. `end` is the last byte's place; the first part has `firstBytes`. */
export async function* byRanges(
  file: string,
  fetchRange: (start: number, end: number) => Promise<RangeAnswer>,
  firstBytes = rangeBytes,
): AsyncGenerator<Uint8Array> {
  let version: string | undefined;
  let total = Infinity;
  for (let start = 0; start < total;) {
    const answer = await fetchRange(start, start + (start === 0 ? firstBytes : rangeBytes) - 1);
    if (start > 0 && (answer.version !== version || (answer.total ?? total) !== total))
      throw placeError(`${file} was written anew while it was read`, {
        hint: "Run again when dbt, or what copies its artifacts, has finished.",
      });
    if (answer.total === undefined) {
      if (start > 0) throw placeError(`${file}: the server gave the whole file where a part was asked for`);
      yield answer.bytes;
      return;
    }
    ({ total, version } = { total: answer.total, version: answer.version });
    if (answer.bytes.length === 0 && start < total)
      throw placeError(`${file}: the server gave nothing from byte ${start} on of ${total}`);
    yield answer.bytes;
    start += answer.bytes.length;
  }
}

/** The total in `bytes 0-99/1234`; undefined when the header is missing or tells none. */
export function totalOf(contentRange: string | undefined): number | undefined {
  const total = /\/(\d+)\s*$/u.exec(contentRange ?? "")?.[1];
  return total === undefined ? undefined : Number(total);
}
