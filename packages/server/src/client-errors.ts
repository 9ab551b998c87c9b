import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

interface ClientError extends Error {
  readonly code?: string;
  /** What the parser of Node met. */
  readonly reason?: string;
}

/** A client that reads nothing of its answer is cut off after so many ms. */
const lingerMs = 2_000;

/** Answers what never became a request, as errors are answered everywhere: JSON `{code, message}`. Ends the connection. */
export function answerClientError(error: ClientError, socket: Socket): void {
  // Node's own handling looks at the answer under way in the same way; a second one would run into it.
  const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse | null };
  if (answer?.headersSent === true) socket.destroy();
  if (!socket.writable) return;
  const code = statuses[error.code ?? ""] ?? 400;
  const body = JSON.stringify({ code, message: messages[code] ?? `This is no HTTP: ${error.reason ?? error.message}` });
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  // What still comes is read and thrown away: closing on it would reset the connection before the answer is read.
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

const messages: Readonly<Record<number, string>> = {
  408: "The request did not arrive in time",
  413: "The extensions of the chunks are too long",
  431: "Target and headers are longer than 16 KiB",
};
