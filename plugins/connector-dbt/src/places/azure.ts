import type { HttpClient } from "@omd/http";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { AzureBlobs } from "../config.ts";
import { azureAccess, type AzureAccess } from "./azure-auth.ts";
import { Directories, type StoredObject } from "./directories.ts";
import { httpStream, wholeAnswerBytes } from "./http-ranges.ts";
import { placeError, type PlaceContext, type Project } from "./project.ts";

/** List Blobs of the Blob service's REST API, as the parser gives it: all values are texts. */
const blobList = z.object({
  EnumerationResults: z.object({
    Blobs: z
      .union([
        z.literal(""),
        z.object({
          Blob: z
            .array(
              z.object({
                Name: z.union([z.string(), z.object({ "#text": z.string() })]),
                Properties: z.object({
                  "Content-Length": z.string().optional(),
                  "Last-Modified": z.string().optional(),
                  "Content-Encoding": z.string().optional(),
                }),
              }),
            )
            .default([]),
        }),
      ])
      .optional(),
    NextMarker: z.string().optional(),
  }),
});

interface AzureBlob extends StoredObject {
  readonly packed: boolean;
}

/** Blobs in Azure Storage, listed below the prefix only, 5000 a page. */
export async function* azureProjects(config: AzureBlobs, context: PlaceContext): AsyncGenerator<Project> {
  const { bucket: container = "", prefix } = config.dbtPrefixConfig;
  const given = config.dbtSecurityConfig;
  const baseUrl = (given.endpointUrl ?? `https://${given.accountName}.blob.core.windows.net`).replace(/\/+$/u, "");
  const access = azureAccess(given, new URL(baseUrl).pathname.replace(/\/$/u, ""), context);
  const client = context.http({
    name: "azure-blobs",
    baseUrl,
    auth: access.auth,
    addressKey: "endpointUrl",
    maxBodyBytes: wholeAnswerBytes,
  });
  const place = `azure://${given.accountName}/${container}`;
  const directories = new Directories<AzureBlob>((blob) => artifactOf(client, access, container, place, blob));
  const markers = new Set<string>();
  for (let marker = ""; ;) {
    const page = await pageAt(client, access, container, prefix, marker);
    for (const blob of page.blobs) directories.take(blob);
    if (page.next === "") break;
    if (markers.has(page.next)) throw placeError(`${place}: the listing goes round: its marker came before`);
    markers.add(page.next);
    marker = page.next;
  }
  yield* directories.projects(place, context, prefix);
}

async function pageAt(
  client: HttpClient,
  access: AzureAccess,
  container: string,
  prefix: string,
  marker: string,
): Promise<{ blobs: AzureBlob[]; next: string }> {
  const query = {
    restype: "container",
    comp: "list",
    maxresults: "5000",
    ...(prefix === "" ? {} : { prefix }),
    ...(marker === "" ? {} : { marker }),
  };
  const { body } = await client.request(access.sign(`/${encodeURIComponent(container)}`, query, undefined));
  const parser = new XMLParser({
    isArray: (name) => name === "Blob",
    parseTagValue: false,
    parseAttributeValue: false,
    // Names may end in blanks.
    trimValues: false,
  });
  // The service begins its answer with a byte order mark.
  const parsed = blobList.safeParse(parser.parse(body.toString("utf8").replace(/^\uFEFF/u, "")));
  if (!parsed.success)
    throw placeError(
      `${client.baseUrl}: the list of ${container} is not as Azure's API says: ${z.prettifyError(parsed.error)}`,
      {
        hint: "Check accountName and endpointUrl.",
      },
    );
  const { Blobs, NextMarker } = parsed.data.EnumerationResults;
  const blobs = (typeof Blobs === "object" ? Blobs.Blob : []).map(({ Name, Properties: properties }) => ({
    key: typeof Name === "string" ? Name : decodeURIComponent(Name["#text"]),
    bytes: Number(properties["Content-Length"] ?? 0),
    modifiedAtMs: properties["Last-Modified"] === undefined ? undefined : Date.parse(properties["Last-Modified"]),
    packed: properties["Content-Encoding"] === "gzip",
  }));
  return { blobs, next: NextMarker ?? "" };
}

function artifactOf(client: HttpClient, access: AzureAccess, container: string, place: string, blob: AzureBlob) {
  const file = `${place}/${blob.key}`;
  const path = `/${encodeURIComponent(container)}/${blob.key.split("/").map(encodeURIComponent).join("/")}`;
  return {
    file,
    open: (firstBytes?: number) =>
      httpStream(client, file, (range) => access.sign(path, {}, range), {
        whole: blob.packed || blob.bytes === 0,
        firstBytes,
      }),
  };
}
