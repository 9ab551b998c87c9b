import { isHttpError, type HttpClient, type HttpRequest, type HttpResponse } from "@omd/http";
import type { ByteStream } from "../artifacts/plain-bytes.ts";
import { byRanges, totalOf, type RangeAnswer } from "./ranges.ts";

/** Answers that come whole, from servers without ranges, may be this large. */
export const wholeAnswerBytes = 1024 * 1024 * 1024;

/** Reads a file over HTTP, in parts where the server knows ranges (RFC 9110 §14). `request` is asked anew for each part: signatures differ. */
export function httpStream(
  client: HttpClient,
  file: string,
  request: (range: string | undefined) => HttpRequest,
  options: { readonly whole?: boolean; readonly firstBytes?: number | undefined } = {},
): ByteStream {
  if (options.whole === true) return wholeStream(client, request);
  const fetchRange = async (start: number, end: number): Promise<RangeAnswer> => {
    try {
      return await partOf(client, request, start, end);
    } catch (error) {
      if (start > 0 || !isPackedPart(error)) throw error;
      const { body } = await client.request(request(undefined));
      return { bytes: body, total: undefined, version: undefined };
    }
  };
  return byRanges(file, fetchRange, options.firstBytes);
}

async function* wholeStream(
  client: HttpClient,
  request: (range: string | undefined) => HttpRequest,
): AsyncGenerator<Uint8Array> {
  yield (await client.request(request(undefined))).body;
}

async function partOf(
  client: HttpClient,
  request: (range: string | undefined) => HttpRequest,
  start: number,
  end: number,
): Promise<RangeAnswer> {
  const asked = request(`bytes=${start}-${end}`);
  const answer: HttpResponse = await client.request({ ...asked, accept: [...(asked.accept ?? []), 416] });
  const version = answer.headers["etag"] ?? answer.headers["last-modified"];
  // 416: the file ends before the part; a file of no bytes does.
  if (answer.status === 416)
    return { bytes: new Uint8Array(0), total: totalOf(answer.headers["content-range"]) ?? 0, version };
  if (answer.status !== 206) return { bytes: answer.body, total: undefined, version };
  return { bytes: answer.body, total: totalOf(answer.headers["content-range"]), version };
}

/** A part of a file that is stored with Content-Encoding gzip cannot be unpacked alone. */
function isPackedPart(error: unknown): boolean {
  return isHttpError(error) && error.code === "ERR_NETWORK" && /body is broken/u.test(error.message);
}
