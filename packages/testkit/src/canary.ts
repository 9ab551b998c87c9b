import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { canaryForms, type CanaryForm } from "./canary-forms.ts";
import { sqliteTexts } from "./canary-sqlite.ts";

/** A secret that was found where none may be. */
export interface CanaryHit {
  readonly canary: string;
  /** How it was written: `plain`, `base64`, `url` … */
  readonly form: string;
  /** File, or key of the text; for SQLite with table and column. */
  readonly where: string;
}

interface Wanted extends CanaryForm {
  readonly canary: string;
}

function isSqlite(bytes: Buffer): boolean {
  return bytes.subarray(0, 15).toString("latin1") === "SQLite format 3";
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function* search(where: string, content: string | Buffer, wanted: readonly Wanted[]): Generator<CanaryHit> {
  const text = typeof content === "string" ? content : content.toString("utf8");
  const lower = text.toLowerCase();
  for (const { canary, form, text: needle, ignoreCase } of wanted)
    if (ignoreCase ? lower.includes(needle.toLowerCase()) : text.includes(needle)) yield { canary, form, where };
}

function* searchFile(file: string, wanted: readonly Wanted[]): Generator<CanaryHit> {
  const bytes = readFileSync(file);
  yield* search(file, bytes, wanted);
  if (isGzip(bytes)) yield* search(`${file} (unpacked)`, gunzipSync(bytes), wanted);
  // Raw bytes miss a value that is split over pages.
  if (isSqlite(bytes)) for (const { where, text } of sqliteTexts(file)) yield* search(where, text, wanted);
}

function* filesBelow(path: string): Generator<string> {
  const stat = statSync(path);
  if (stat.isFile()) yield path;
  if (stat.isDirectory()) for (const name of readdirSync(path).toSorted()) yield* filesBelow(join(path, name));
}

/**
 * Looks for secrets in a file, in all files below a directory (SQLite and gzip opened), or in named texts. Names are searched too.
 * `canaries` maps a label to the secret; use long, odd secrets with characters such as `/+=&` in them.
 * Throws when there is nothing to search, or a canary is shorter than 8 characters.
 */
export function findCanaries(
  source: string | Readonly<Record<string, string | Buffer>>,
  canaries: Readonly<Record<string, string>>,
): readonly CanaryHit[] {
  const wanted = Object.entries(canaries).flatMap(([canary, secret]) =>
    canaryForms(secret).map((form) => ({ ...form, canary })),
  );
  if (wanted.length === 0) throw new RangeError("no canary to look for");
  const hits: CanaryHit[] = [];
  let searched = 0;
  const names = typeof source === "string" ? filesBelow(source) : Object.keys(source);
  for (const name of names) {
    searched += 1;
    hits.push(...search(`name of ${name}`, name, wanted));
    if (typeof source === "string") hits.push(...searchFile(name, wanted));
    else hits.push(...search(name, source[name] ?? "", wanted));
  }
  if (searched === 0)
    throw new RangeError(typeof source === "string" ? `nothing to search in ${source}` : "no text to search");
  return hits;
}
