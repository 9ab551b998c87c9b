import type { HttpClient } from "@omd/http";
import type { HttpFiles } from "../config.ts";
import { httpStream, wholeAnswerBytes } from "./http-ranges.ts";
import { projectOf, type Artifact, type ArtifactKind, type PlaceContext, type Project } from "./project.ts";

/** So many redirects in a row are followed: hosts of code and of files send whoever asks to the store that a file lies in. */
const maxRedirects = 5;

type AddressKey = Exclude<keyof HttpFiles, "dbtConfigType">;

const kinds: readonly [ArtifactKind, AddressKey][] = [
  ["manifest", "dbtManifestHttpPath"],
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

/** Files of a web server. What is missing is met when it is opened. */
export async function* httpProjects(config: HttpFiles, context: PlaceContext): AsyncGenerator<Project> {
  const clients = new Map<string, HttpClient>();
  const artifacts = kinds.flatMap(([kind, key]) =>
    [config[key] ?? []].flat().map((address) => artifactAt({ kind, key, url: new URL(address) }, clients, context)),
  );
  yield projectOf(plainAddress(new URL(config.dbtManifestHttpPath)), artifacts);
}

function artifactAt({ kind, key, url }: Place, clients: Map<string, HttpClient>, context: PlaceContext): Artifact {
  // Signed addresses carry their signature in the query.
  for (const value of url.searchParams.values()) if (value.length >= 16) context.secret(value);
  if (url.password !== "") context.secret(decodeURIComponent(url.password));
  const login = url.username === "" ? "" : `${url.username}:${url.password}@`;
  const baseUrl = `${url.protocol}//${login}${url.host}`;
  const client =
    clients.get(`${key} ${baseUrl}`) ??
    context.http({ name: "dbt-artifacts", baseUrl, addressKey: key, maxRedirects, maxBodyBytes: wholeAnswerBytes });
  clients.set(`${key} ${baseUrl}`, client);
  const file = plainAddress(url);
  return {
    kind,
    file,
    bytes: undefined,
    modifiedAtMs: undefined,
    open: () =>
      httpStream(client, file, (range) => ({
        path: url.pathname + url.search,
        headers: { accept: "*/*", ...(range === undefined ? {} : { range, "accept-encoding": "identity" }) },
      })),
  };
}

/** Without login and query. */
function plainAddress(url: URL): string {
  return url.origin + url.pathname;
}
