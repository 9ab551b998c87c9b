import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ArtifactError } from "./artifact-error.ts";

/** The bytes of a file as they come from where it lies. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** Largest piece that is handed on at once, so that what is made of a piece stays small too. */
const pieceBytes = 64 * 1024;

/** The bytes of a text file: gzip is undone, whatever the name says; other packings and UTF-16 are refused. Throws an {@link ArtifactError}. */
export async function* plainBytes(stream: ByteStream, file: string): AsyncGenerator<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    const head = await firstBytes(iterator);
    const whole = joined(head, iterator);
    if (head[0] === 0x1f && head[1] === 0x8b) {
      yield* unpacked(whole, file);
      return;
    }
    refuseOther(head, file);
    for await (const chunk of whole) yield* pieces(chunk);
  } finally {
    await iterator.return?.();
  }
}

/** At least four bytes, unless the file is shorter. */
async function firstBytes(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 4) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function* pieces(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
}

async function* unpacked(packed: ByteStream, file: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  let failure: unknown;
  const stop = new AbortController();
  const flow = pipeline(Readable.from(packed), gunzip, { signal: stop.signal }).catch((error: unknown) => {
    failure = error;
  });
  let size = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      size += chunk.length;
      yield* pieces(chunk);
    }
  } catch (error) {
    await flow;
    const cause = failure ?? error;
    if (!isZlibError(cause)) throw cause;
    throw new ArtifactError(file, `the gzip data is cut or broken (${cause.message})`, {
      offset: size,
      expected: "a whole gzip file",
      cause,
    });
  } finally {
    stop.abort();
    await flow;
  }
}

function isZlibError(error: unknown): error is Error {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return typeof error.code === "string" && error.code.startsWith("Z_");
}

function refuseOther(head: Uint8Array, file: string): void {
  const refuse = (what: string): never => {
    throw new ArtifactError(file, what, { offset: 0, expected: "JSON in UTF-8, as dbt writes it, or that in gzip" });
  };
  const [a, b, c] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) refuse("it is UTF-16");
  if (head.length > 1 && (a === 0 || b === 0)) refuse("it is UTF-16, UTF-32 or binary");
  if (a === 0x50 && b === 0x4b) refuse("it is a zip file");
  if (a === 0x28 && b === 0xb5 && c === 0x2f) refuse("it is packed with zstd");
  if (a === 0x3c) refuse("it is an HTML or XML page, often of a login,");
}
