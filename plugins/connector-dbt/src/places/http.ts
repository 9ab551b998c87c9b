import type { HttpClient } from "@omd/http";
import type { HttpFiles } from "../config.ts";
import { httpStream, wholeAnswerBytes } from "./http-ranges.ts";
import { projectOf, type Artifact, type ArtifactKind, type PlaceContext, type Project } from "./project.ts";

/** Files of a web server. What is missing is met when it is opened. */
export async function* httpProjects(config: HttpFiles, context: PlaceContext): AsyncGenerator<Project> {
  const addresses: readonly [ArtifactKind, string | undefined][] = [
    ["manifest", config.dbtManifestHttpPath],
    ["catalog", config.dbtCatalogHttpPath],
    ["sources", config.dbtSourcesHttpPath],
    ["semanticManifest", config.dbtSemanticManifestHttpPath],
    ...config.dbtRunResultsHttpPath.map((address): [ArtifactKind, string] => ["runResults", address]),
  ];
  const clients = new Map<string, HttpClient>();
  const artifacts = addresses.flatMap(([kind, address]) =>
    address === undefined ? [] : artifactAt(kind, new URL(address), clients, context),
  );
  yield projectOf(plainAddress(new URL(config.dbtManifestHttpPath)), artifacts);
}

function artifactAt(kind: ArtifactKind, url: URL, clients: Map<string, HttpClient>, context: PlaceContext): Artifact {
  // Signed addresses carry their signature in the query.
  for (const value of url.searchParams.values()) if (value.length >= 16) context.secret(value);
  if (url.password !== "") context.secret(decodeURIComponent(url.password));
  const login = url.username === "" ? "" : `${url.username}:${url.password}@`;
  const baseUrl = `${url.protocol}//${login}${url.host}`;
  const client =
    clients.get(baseUrl) ?? context.http({ name: "dbt-artifacts", baseUrl, maxBodyBytes: wholeAnswerBytes });
  clients.set(baseUrl, client);
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
