import { createHmac } from "node:crypto";
import type { HttpAuth, HttpRequest } from "@omd/http";
import type { AzureBlobs } from "../config.ts";
import { ambientAuth, principalAuth } from "./azure-login.ts";
import type { PlaceContext } from "./project.ts";

/** Version of the Blob service's REST API that is spoken. */
export const serviceVersion = "2021-12-02";

type Credentials = AzureBlobs["dbtSecurityConfig"];

/** How calls to one storage account prove who makes them. */
export interface AzureAccess {
  readonly auth: HttpAuth | undefined;
  /** Adds what a call needs beside `auth`; `range` is a value of the header. */
  sign(path: string, query: Readonly<Record<string, string>>, range: string | undefined): HttpRequest;
}

/** Shared key, else shared access signature, else service principal, else what Azure gives to what runs in it. `basePath` is the path of the account's address. */
export function azureAccess(given: Credentials, basePath: string, context: PlaceContext): AzureAccess {
  const key = given.accountKey?.reveal();
  const sas = given.sasToken?.reveal();
  for (const secret of [key, sas, given.clientSecret?.reveal()]) if (secret !== undefined) context.secret(secret);
  const versioned = (range: string | undefined): Record<string, string> => ({
    accept: "*/*",
    "x-ms-version": serviceVersion,
    ...(range === undefined ? {} : { "x-ms-range": range, "accept-encoding": "identity" }),
  });
  if (key !== undefined)
    return {
      auth: undefined,
      sign(path, query, range) {
        const headers = { ...versioned(range), "x-ms-date": new Date().toUTCString() };
        const signature = sharedKey(given.accountName, key, basePath + path, query, headers);
        return { path, query, headers: { ...headers, authorization: `SharedKey ${given.accountName}:${signature}` } };
      },
    };
  if (sas !== undefined) {
    const signed = Object.fromEntries(new URLSearchParams(sas.replace(/^\?/u, "")));
    if (signed["sig"] !== undefined) context.secret(signed["sig"]);
    return {
      auth: undefined,
      sign: (path, query, range) => ({ path, query: { ...query, ...signed }, headers: versioned(range) }),
    };
  }
  return {
    auth: tokenAuth(given, context),
    sign: (path, query, range) => ({ path, query, headers: versioned(range) }),
  };
}

function tokenAuth(given: Credentials, context: PlaceContext): HttpAuth {
  const { clientId, clientSecret, tenantId, scopes: scope = "https://storage.azure.com/.default" } = given;
  if (clientId === undefined || clientSecret === undefined || tenantId === undefined)
    return ambientAuth(scope, context);
  return principalAuth({ clientId, clientSecret: clientSecret.reveal(), tenantId }, scope, context);
}

/** "Authorize with Shared Key" of the Blob service, for a GET without body: method, eleven empty standard headers, x-ms-* headers, resource. */
export function sharedKey(
  account: string,
  key: string,
  path: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): string {
  const canonicalHeaders = Object.entries(headers)
    .filter(([name]) => name.startsWith("x-ms-"))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`)
    .join("");
  const canonicalQuery = Object.entries(query)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `\n${name.toLowerCase()}:${value}`)
    .join("");
  const text = `GET${"\n".repeat(12)}${canonicalHeaders}/${account}${path}${canonicalQuery}`;
  return createHmac("sha256", Buffer.from(key, "base64")).update(text, "utf8").digest("base64");
}
