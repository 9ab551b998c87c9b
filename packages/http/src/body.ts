import { promisify } from "node:util";
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import zlib from "node:zlib";
import { errorCode, TransportError, type TransportAnswer, type TransportCall } from "./transport.ts";
import type { HttpResponse } from "./types.ts";

/** Sent as Accept-Encoding; what {@link decodeBody} can read. */
export const acceptEncoding = "gzip, br, deflate";

/** Below this many bytes unpacking on this thread costs less than a trip to the thread pool. */
const inlineBytes = 32 * 1024;

interface Decoder {
  now(input: Buffer, options: { maxOutputLength: number }): Buffer;
  later(input: Buffer, options: { maxOutputLength: number }): Promise<Buffer>;
}

const gunzip: Decoder = { now: zlib.gunzipSync, later: promisify(zlib.gunzip) };
const decoders: Readonly<Record<string, Decoder | undefined>> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  br: { now: zlib.brotliDecompressSync, later: promisify(zlib.brotliDecompress) },
  deflate: { now: zlib.inflateSync, later: promisify(zlib.inflate) },
};

/** Lower-case names, repeated fields joined as RFC 9110 §5.2 says. */
function flattenHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ");
  }
  return flat;
}

function tooLarge(maxBytes: number): TransportError {
  return new TransportError("too-large", `the answer is larger than ${maxBytes} bytes`);
}

/** Reads a body to its end. Rejects with a {@link TransportError}: a body shorter or longer than its Content-Length is a network error. */
function collectBody(stream: Readable, headers: Readonly<Record<string, string>>, maxBytes: number): Promise<Buffer> {
  const announced = headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);
  if (announced !== undefined && announced > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(tooLarge(maxBytes));
      else chunks.push(chunk);
    });
    stream.on("error", (error: unknown) => {
      const { failure, message } = TransportError.from(error);
      reject(new TransportError(failure, `the answer broke off after ${size} bytes: ${message}`));
    });
    stream.on("end", () => {
      if (announced !== undefined && announced !== size)
        reject(new TransportError("network", `the answer has ${size} of ${announced} bytes`));
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size));
      // The request holds this stream, and is old for V8: what is reachable from it stays until the next full collection.
      chunks.length = 0;
    });
    // A connection that closes in the middle ends some streams with neither "end" nor "error".
    stream.on("close", () => {
      if (!stream.readableEnded) reject(new TransportError("network", `the answer broke off after ${size} bytes`));
    });
  });
}

/** The first bytes of a body; the connection is given up where more would come. */
function beginningOf(stream: Readable, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (): void => resolve(Buffer.concat(chunks, size).subarray(0, most));
    stream.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= most) return;
      done();
      stream.destroy();
    });
    stream.on("end", done);
    stream.on("error", (error: unknown) => reject(TransportError.from(error)));
    stream.on("close", () => reject(new TransportError("network", `the answer broke off after ${size} bytes`)));
  });
}

/** Reads and decodes an answer, whole unless the request wants its beginning only. Rejects with a {@link TransportError}. */
export async function readAnswer(
  stream: Readable,
  status: number,
  rawHeaders: IncomingHttpHeaders,
  { maxBodyBytes: maxBytes, request: { firstBytes } }: Pick<TransportCall, "maxBodyBytes" | "request">,
): Promise<TransportAnswer> {
  const headers = flattenHeaders(rawHeaders);
  if (firstBytes !== undefined && status >= 200 && status < 300) {
    const body = await beginningOf(stream, firstBytes);
    return { status, headers, body, bytesIn: body.length };
  }
  const raw = await collectBody(stream, headers, maxBytes);
  const body = await decodeBody(raw, headers["content-encoding"], maxBytes);
  return { status, headers, body, bytesIn: raw.length };
}

/** Undoes Content-Encoding. Throws a {@link TransportError}: `too-large` past `maxBytes`, else `network`. */
async function decodeBody(raw: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || raw.length === 0) return raw;
  let body = raw;
  const names = encoding.split(",").map((name) => name.trim().toLowerCase());
  for (const name of names.reverse()) {
    if (name === "identity" || name === "") continue;
    const decoder = decoders[name];
    if (decoder === undefined)
      throw new TransportError("network", `the answer has an unknown Content-Encoding: ${name}`);
    try {
      const limit = { maxOutputLength: maxBytes };
      body = body.length <= inlineBytes ? decoder.now(body, limit) : await decoder.later(body, limit);
    } catch (error) {
      if (errorCode(error) === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
      throw new TransportError("network", `the answer's ${name} body is broken: ${TransportError.from(error).message}`);
    }
  }
  return body;
}

const noBytes = Buffer.alloc(0);

/**
 * To be called when the body of an answer has been read. The promises that brought it were made when the call began, so they are old for V8,
 * and what they lead to would be kept until the next full collection.
 */
export function forgetBody(response: HttpResponse): void {
  (response as { body: Buffer }).body = noBytes;
}
