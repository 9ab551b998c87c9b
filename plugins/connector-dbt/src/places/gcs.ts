import { readFile } from "node:fs/promises";
import { cursorPages, loginTokenAuth, type HttpAuth, type HttpClient } from "@omd/http";
import { z } from "zod";
import type { GcsObjects } from "../config.ts";
import { Directories, type StoredObject } from "./directories.ts";
import { httpStream, wholeAnswerBytes } from "./http-ranges.ts";
import { placeError, type PlaceContext, type Project } from "./project.ts";

const scope = "https://www.googleapis.com/auth/devstorage.read_only";
/** What an account needs in order to act as another. */
const cloudScope = "https://www.googleapis.com/auth/cloud-platform";

type GcpConfig = GcsObjects["dbtSecurityConfig"]["gcpConfig"];

/** What all clients of google-auth-library can do. */
interface TokenClient {
  getAccessToken(): Promise<string | null | undefined | { token?: string | null | undefined }>;
}

const serviceAccountFile = z.object({
  type: z.literal("service_account"),
  client_email: z.string(),
  private_key: z.string(),
});

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
  yield* directories.projects(`gs://${bucket}`, context, prefix);
}

function artifactOf(client: HttpClient, bucket: string, { key, generation, packed, bytes }: GcsObject) {
  const file = `gs://${bucket}/${key}`;
  // Of objects that are stored packed the service gives no parts.
  const whole = packed || bytes === 0;
  return {
    file,
    open: (firstBytes?: number) =>
      httpStream(
        client,
        file,
        (range) => ({
          path: `/o/${encodeURIComponent(key)}`,
          query: { alt: "media", generation },
          headers: range === undefined ? { accept: "*/*" } : { accept: "*/*", range, "accept-encoding": "identity" },
        }),
        { whole, firstBytes },
      ),
  };
}

async function authOf({ dbtSecurityConfig: given }: GcsObjects, context: PlaceContext): Promise<HttpAuth> {
  const target = given.gcpImpersonateServiceAccount;
  const own = await ownAuth(
    given.gcpConfig,
    context,
    target?.impersonateServiceAccount === undefined ? scope : cloudScope,
  );
  if (target?.impersonateServiceAccount === undefined) return own;
  // generateAccessToken of the IAM Service Account Credentials API v1.
  const client = context.http({ name: "gcs-login", baseUrl: "https://iamcredentials.googleapis.com/v1", auth: own });
  const path = `/projects/-/serviceAccounts/${encodeURIComponent(target.impersonateServiceAccount)}:generateAccessToken`;
  const json = { delegates: [], scope: [scope], lifetime: `${target.lifetime}s` };
  return loginTokenAuth({
    login: async () => {
      const answer = await client.json({ method: "POST", path, json, idempotent: true }, (value) =>
        z.object({ accessToken: z.string(), expireTime: z.string() }).parse(value),
      );
      context.secret(answer.accessToken);
      return { token: answer.accessToken, expiresAtMs: Date.parse(answer.expireTime) };
    },
  });
}

async function ownAuth(given: GcpConfig, context: PlaceContext, wanted: string): Promise<HttpAuth> {
  let client: TokenClient | undefined;
  return loginTokenAuth({
    login: async () => {
      try {
        client ??= await clientOf(given, context, wanted);
        const answer = await client.getAccessToken();
        const token = typeof answer === "string" ? answer : answer?.token;
        if (!token) throw new Error("the answer holds none");
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

async function clientOf(given: GcpConfig, context: PlaceContext, wanted: string): Promise<TokenClient> {
  // Large, and needed for this place only.
  const { ExternalAccountClient, GoogleAuth, JWT } = await import("google-auth-library");
  const keyed = (email: string, key: string): TokenClient => {
    context.secret(key);
    return new JWT({ email, key, scopes: [wanted] });
  };
  const external = (json: Record<string, unknown>): TokenClient => {
    const client = ExternalAccountClient.fromJSON({ scopes: [wanted], ...json } as never);
    if (client === null) throw new Error("the external account's configuration is not understood");
    return client;
  };
  switch (given.type) {
    case "service_account":
      context.secret(given.privateKey.reveal());
      return keyed(given.clientEmail, given.privateKey.reveal().replaceAll("\\n", "\n"));
    case "gcp_credential_path": {
      const json = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(given.path, "utf8")));
      if (json["type"] === "external_account") return external(json);
      const account = serviceAccountFile.parse(json);
      return keyed(account.client_email, account.private_key);
    }
    case "external_account":
      return external({
        type: given.type,
        audience: given.audience,
        subject_token_type: given.subjectTokenType,
        token_url: given.tokenURL,
        credential_source: given.credentialSource,
      });
    case "gcp_adc":
      return new GoogleAuth({ scopes: [wanted] });
  }
}
