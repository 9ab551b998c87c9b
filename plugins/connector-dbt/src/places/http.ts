import { isHttpError, type HttpClient, type HttpRequest } from "@omd/http";
import type { HttpFiles } from "../config.ts";
import { httpStream, wholeAnswerBytes } from "./http-ranges.ts";
import { placeError, projectOf, type Artifact, type ArtifactKind, type PlaceContext, type Project } from "./project.ts";

/** So many redirects in a row are followed: hosts of code and of files send whoever asks to the store that a file lies in. */
const maxRedirects = 5;

type AddressKey = Exclude<keyof HttpFiles, "dbtConfigType">;

const manifestKey = "dbtManifestHttpPath";

const kinds: readonly [ArtifactKind, AddressKey][] = [
  ["manifest", manifestKey],
  ["catalog", "dbtCatalogHttpPath"],
  ["sources", "dbtSourcesHttpPath"],
  ["semanticManifest", "dbtSemanticManifestHttpPath"],
  ["runResults", "dbtRunResultsHttpPath"],
];

interface Place {
  readonly kind: ArtifactKind;
  /** Where in the configuration it is written. */
  readonly key: AddressKey;
  readonly url: URL;
}

/** Files of a web server. What is missing is met when it is opened; `reach` asks for the manifest. */
export async function* httpProjects(config: HttpFiles, context: PlaceContext): AsyncGenerator<Project> {
  const clients = new Map<string, HttpClient>();
  const artifacts = kinds.flatMap(([kind, key]) =>
    [config[key] ?? []].flat().map((address) => artifactAt({ kind, key, url: new URL(address) }, clients, context)),
  );
  const url = new URL(config.dbtManifestHttpPath);
  const reach = (): Promise<void> =>
    reachManifest(clientOf({ kind: "manifest", key: manifestKey, url }, clients, context), url);
  yield { ...projectOf(plainAddress(url), artifacts), reach };
}

/** Enough to tell a page from JSON. */
const firstBytes = 256;

/** A GET, as the reading makes it: signed addresses are signed for one method, so that HEAD may be refused where GET is not. */
async function reachManifest(client: HttpClient, url: URL): Promise<void> {
  const request = { ...getPart(url, `bytes=0-${firstBytes - 1}`), firstBytes, accept: [416] };
  const answer = await client.request(request).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw placeError(`${manifestKey}: ${reason}`, { hint: hintOf(cause), cause });
  });
  if (answer.headers["content-encoding"] !== undefined) return;
  if (/^\uFEFF?\s*</u.test(answer.body.toString("utf8")))
    throw placeError(`${manifestKey}: ${plainAddress(url)} answers an HTML or XML page, not manifest.json`, {
      hint: "It may be a login page, or the page about the file: give the address of the file itself, with `user:password@` where it wants them.",
    });
}

function hintOf(error: unknown): string {
  const status = isHttpError(error) ? error.status : undefined;
  if (status === 401 || status === 403)
    return "Give user and password in the address (`https://user:password@host/…`), or a signed address that is still valid.";
  if (status === 404) return "Open the address in a browser, or with curl: it must give manifest.json itself.";
  return "Check the address, that the server is up, and that it is reachable from here (DNS, proxy, TLS).";
}

function artifactAt(place: Place, clients: Map<string, HttpClient>, context: PlaceContext): Artifact {
  const { kind, url } = place;
  const client = clientOf(place, clients, context);
  const file = plainAddress(url);
  return {
    kind,
    file,
    bytes: undefined,
    modifiedAtMs: undefined,
    open: () => httpStream(client, file, (range) => getPart(url, range)),
  };
}

function getPart(url: URL, range: string | undefined): HttpRequest {
  const part = range === undefined ? {} : { range, "accept-encoding": "identity" };
  return { path: url.pathname + url.search, headers: { accept: "*/*", ...part } };
}

/** One client for each host and key: its errors name the key. */
function clientOf({ key, url }: Place, clients: Map<string, HttpClient>, context: PlaceContext): HttpClient {
  // Signed addresses carry their signature in the query.
  for (const value of url.searchParams.values()) if (value.length >= 16) context.secret(value);
  if (url.password !== "") context.secret(decodeURIComponent(url.password));
  const login = url.username === "" ? "" : `${url.username}:${url.password}@`;
  const baseUrl = `${url.protocol}//${login}${url.host}`;
  const client =
    clients.get(`${key} ${baseUrl}`) ??
    context.http({ name: "dbt-artifacts", baseUrl, addressKey: key, maxRedirects, maxBodyBytes: wholeAnswerBytes });
  clients.set(`${key} ${baseUrl}`, client);
  return client;
}

/** Without login and query. */
function plainAddress(url: URL): string {
  return url.origin + url.pathname;
}
