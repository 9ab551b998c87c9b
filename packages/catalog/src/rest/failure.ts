import { CatalogError, isOmdError } from "@omd/core";
import { isHttpError, type HttpError } from "@omd/http";

const hints: Readonly<Record<number, string>> = {
  400: "The server does not take this request; when its version is much older or newer than 1.12, compare the field that the message names with the server's own API page.",
  401: "The token is missing, wrong or expired: set securityConfig.jwtToken to the ingestion bot's token (Settings > Bots > ingestion-bot) or to the path of a file that holds it.",
  403: "The token's user lacks a right: give the bot a role whose policy allows this operation (the ingestion bot's own role does).",
  404: "The entity or something that it refers to does not exist on the server, or is deleted.",
  405: "The server does not know this operation; check that hostPort ends in /api and that the server is OpenMetadata 1.x or 2.x.",
  409: "Another entity has this name already.",
  412: "Somebody else changed the entity at the same time: run again.",
  413: "The request is too large for the server or for a proxy before it: raise its body limit or write fewer items at once.",
  415: "The server or a proxy does not take this content type: check that hostPort points to OpenMetadata's API.",
  429: "The server limits the rate: run again later or with fewer parallel calls.",
  500: "The server failed; its log says why.",
  502: "A proxy could not reach the server: check that OpenMetadata is up.",
  503: "The server is not ready or overloaded: run again later.",
  504: "The server or a proxy took too long: run again later, or raise the proxy's time limit.",
};

const hintOf = (status: number): string | undefined =>
  status >= 300 && status < 400
    ? "The server redirects: set hostPort to the address that it redirects to (scheme, host and path)."
    : (hints[status] ?? (status >= 500 ? hints[500] : undefined));

const hintOfCode: Partial<Record<HttpError["code"], string>> = {
  ERR_NETWORK: "Check hostPort, that the server is up, and that it is reachable from here (DNS, proxy, TLS).",
  ERR_TIMEOUT: "The server did not answer in time: check that it is up and not overloaded.",
  ERR_DEADLINE: "The server did not answer in time, with all retries: check that it is up and not overloaded.",
  ERR_NOT_JSON: "Something that is not OpenMetadata's API answered: check that hostPort ends in /api.",
  ERR_SHAPE: "The answer is not what OpenMetadata's API gives: check hostPort and the server's version.",
};

/** The text that OpenMetadata gives in an error body, or the body's start when it has another form; HTML is left out. */
export function serverMessage(body: string): string | undefined {
  const text = body.trim();
  if (text === "" || text.startsWith("<")) return undefined;
  // The body may be cut, so it is not parsed as a whole.
  const found = /"(?:message|responseMessage|errorMessage|error)"\s*:\s*("(?:[^"\\]|\\.)*"?)/.exec(text)?.[1];
  if (found === undefined) return text.slice(0, 300);
  const quoted = found.length > 1 && found.endsWith('"') ? found : `${found}"`;
  try {
    return String(JSON.parse(quoted));
  } catch {
    return found.slice(1);
  }
}

/** Status of a failed call, if the server answered at all. */
export function statusOf(error: unknown): number | undefined {
  return isHttpError(error) || isOmdError(error) ? error.status : undefined;
}

/** Whether the run was stopped: nothing is wrong with the server then. */
export function wasAborted(error: unknown): boolean {
  if (isHttpError(error)) return error.code === "ERR_ABORTED";
  return error instanceof CatalogError && wasAborted(error.cause);
}

/** Whether the server itself says that an entity is missing, as opposed to a route that it does not have. */
export function saysEntityMissing(error: unknown): boolean {
  return statusOf(error) === 404 && /instance for [\s\S]* not found/i.test(messageOf(error));
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  if (isHttpError(error))
    return (error.bodyStart === undefined ? undefined : serverMessage(error.bodyStart)) ?? error.message;
  return error instanceof Error ? error.message : String(error);
}

/** Makes a CatalogError of whatever a call threw: what was tried, what the server said, what to do about it. */
export function catalogFailure(what: string, error: unknown): CatalogError {
  if (error instanceof CatalogError) return error;
  if (isOmdError(error))
    return new CatalogError(error.message, { status: error.status, hint: error.hint, cause: error });
  if (!isHttpError(error)) return new CatalogError(`Could not ${what}: ${messageOf(error)}`, { cause: error });
  const { status } = error;
  const hint = hintOfCode[error.code] ?? (status === undefined ? undefined : hintOf(status));
  const answered = status === undefined ? "" : ` (HTTP ${String(status)})`;
  return new CatalogError(`Could not ${what}${answered}: ${messageOf(error)}`, { status, hint, cause: error });
}

/** The same for an answer that was accepted as an answer but is none here. */
export function unexpectedAnswer(what: string, status: number, body: string): CatalogError {
  const said = serverMessage(body) ?? "the answer is not OpenMetadata's";
  return new CatalogError(`Could not ${what} (HTTP ${String(status)}): ${said}`, { status, hint: hintOf(status) });
}
