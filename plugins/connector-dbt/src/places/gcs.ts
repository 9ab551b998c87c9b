import { cursorPages, loginTokenAuth, type HttpAuth, type HttpClient } from "@omd/http";
import { z } from "zod";
import type { GcsObjects } from "../config.ts";
import { Directories, type StoredObject } from "./directories.ts";
import { httpStream, wholeAnswerBytes } from "./http-ranges.ts";
import { placeError, type PlaceContext, type Project } from "./project.ts";

const scope = "https://www.googleapis.com/auth/devstorage.read_only";

/** Objects: list, of Google's Cloud Storage JSON API v1. */
const objectList = z.object({
  items: z
    .array(
      z.object({
        name: z.string(),
        size: z.string().optional(),
        updated: z.string().optional(),
        generation: z.string().optional(),
        contentEncoding: z.string().optional(),
      }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
});

interface GcsObject extends StoredObject {
  readonly generation: string | undefined;
  readonly packed: boolean;
}

/** Objects in Google Cloud Storage, listed below the prefix only, 1000 a page. */
export async function* gcsProjects(config: GcsObjects, context: PlaceContext): AsyncGenerator<Project> {
  const { bucket = "", prefix } = config.dbtPrefixConfig;
  const client = context.http({
    name: "gcs",
    baseUrl: `https://storage.googleapis.com/storage/v1/b/${encodeURIComponent(bucket)}`,
    auth: await authOf(config, context),
    maxBodyBytes: wholeAnswerBytes,
  });
  const directories = new Directories<GcsObject>((stored) => artifactOf(client, bucket, stored));
  const fields = "items(name,size,updated,generation,contentEncoding),nextPageToken";
  const pages = cursorPages<GcsObject>(client, {
    request: (pageToken) => ({ path: "/o", query: { prefix, fields, maxResults: 1000, pageToken } }),
    parse: (value) => {
      const { items, nextPageToken } = objectList.parse(value);
      return {
        next: nextPageToken,
        rows: items.map(({ name, size, updated, generation, contentEncoding }) => ({
          key: name,
          bytes: Number(size ?? 0),
          modifiedAtMs: updated === undefined ? undefined : Date.parse(updated),
          generation,
          packed: contentEncoding === "gzip",
        })),
      };
    },
  });
  for await (const rows of pages) for (const row of rows) directories.take(row);
  yield* directories.projects(`gs://${bucket}`, context);
}

function artifactOf(client: HttpClient, bucket: string, { key, generation, packed, bytes }: GcsObject) {
  const file = `gs://${bucket}/${key}`;
  // Of objects that are stored packed the service gives no parts.
  const whole = packed || bytes === 0;
  return {
    file,
    open: () =>
      httpStream(
        client,
        file,
        (range) => ({
          path: `/o/${encodeURIComponent(key)}`,
          query: { alt: "media", generation },
          headers: range === undefined ? { accept: "*/*" } : { accept: "*/*", range, "accept-encoding": "identity" },
        }),
        { whole },
      ),
  };
}

async function authOf({ dbtSecurityConfig: given }: GcsObjects, context: PlaceContext): Promise<HttpAuth> {
  // Large, and needed for this place only.
  const { GoogleAuth, Impersonated } = await import("google-auth-library");
  const auth = new GoogleAuth({ scopes: [scope], ...credentialsOf(given.gcpConfig, context) });
  const target = given.gcpImpersonateServiceAccount;
  const login = async (): Promise<string> => {
    const own = await auth.getClient();
    const client =
      target?.impersonateServiceAccount === undefined
        ? own
        : new Impersonated({
            sourceClient: own,
            targetPrincipal: target.impersonateServiceAccount,
            targetScopes: [scope],
            delegates: [],
            lifetime: target.lifetime,
          });
    const { token } = await client.getAccessToken();
    if (!token) throw new Error("Google gave no access token");
    return token;
  };
  return loginTokenAuth({
    login: async () => {
      try {
        const token = await login();
        context.secret(token);
        // Google's tokens live for an hour; the library renews its own before that.
        return { token, expiresAtMs: Date.now() + 30 * 60_000 };
      } catch (cause) {
        throw placeError(`Google Cloud gives no access token: ${String(cause)}`, {
          hint: "Check dbtSecurityConfig.gcpConfig; the account needs the role Storage Object Viewer on the bucket.",
          cause,
        });
      }
    },
  });
}

function credentialsOf(
  given: GcsObjects["dbtSecurityConfig"]["gcpConfig"],
  context: PlaceContext,
): Record<string, unknown> {
  switch (given.type) {
    case "service_account": {
      const key = given.privateKey.reveal();
      context.secret(key);
      const pem = key.replaceAll("\\n", "\n");
      return { credentials: { type: given.type, private_key: pem, client_email: given.clientEmail } };
    }
    case "gcp_credential_path":
      return { keyFilename: given.path };
    case "external_account":
      return {
        credentials: {
          type: given.type,
          audience: given.audience,
          subject_token_type: given.subjectTokenType,
          token_url: given.tokenURL,
          credential_source: given.credentialSource,
        },
      };
    case "gcp_adc":
      return {};
  }
}
