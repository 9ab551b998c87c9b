import { readFileSync, statSync } from "node:fs";
import { CatalogError, OmdError } from "@omd/core";
import type { HttpAuth, TlsOptions } from "@omd/http";

/** A secret or plain text, as a configuration holds it. */
export type SecretText = string | { reveal(): string };

export const textOf = (value: SecretText): string => (typeof value === "string" ? value : value.reveal());

/** The token, or what the file of that name holds; a `Bearer` before it is dropped. Throws CatalogError for a file that is empty or not readable. */
export function readToken(value: string): string {
  const text = value.trim();
  if (!isFile(text)) return withoutScheme(text);
  const token = withoutScheme(readTokenFile(text));
  if (token === "")
    throw new CatalogError(`The token file ${text} is empty`, { hint: "Put the bot's JWT into it, nothing else." });
  return token;
}

const withoutScheme = (text: string): string => text.trim().replace(/^bearer\s+/i, "");

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CatalogError(`The token file ${path} cannot be read: ${why}`, {
      cause,
      hint: "Give this user the right to read it.",
    });
  }
}

function isFile(path: string): boolean {
  if (path === "" || path.length > 1024) return false;
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Puts header values where an extra header names them: `%(Authorization)s`. Names are taken without regard to case. */
export function interpolateHeaders(
  extra: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>>,
): Record<string, string> {
  const values = new Map(Object.entries(known).map(([name, value]) => [name.toLowerCase(), value]));
  const filled = Object.entries(extra).map(([name, template]) => {
    const value = template.replaceAll(/%\(([^)]+)\)s/g, (_whole, wanted: string) => {
      const found = values.get(wanted.toLowerCase());
      if (found !== undefined) return found;
      throw new CatalogError(`extraHeaders.${name} names the header ${wanted}, which is not sent`, {
        hint: `It may name: ${Object.keys(known).join(", ") || "nothing, as no token is set"}.`,
      });
    });
    return [name, value] as const;
  });
  return Object.fromEntries(filled);
}

/** Bearer token and extra headers. A token that came from a file is read again when the server refuses it. */
export function restAuth(token: SecretText | undefined, extraHeaders: Readonly<Record<string, SecretText>>): HttpAuth {
  const given = token === undefined ? undefined : textOf(token).trim();
  let current = given === undefined || given === "" ? undefined : readToken(given);
  const extra = Object.fromEntries(Object.entries(extraHeaders).map(([name, value]) => [name, textOf(value)]));
  const build = (): Record<string, string> => {
    const own: Record<string, string> = current === undefined ? {} : { Authorization: `Bearer ${current}` };
    const added = interpolateHeaders(extra, { "Content-type": "application/json", ...own });
    const replaced = new Set(Object.keys(added).map((name) => name.toLowerCase()));
    return {
      ...Object.fromEntries(Object.entries(own).filter(([name]) => !replaced.has(name.toLowerCase()))),
      ...added,
    };
  };
  build();
  return {
    headers: build,
    renew: () => {
      if (given === undefined || !isFile(given)) return Promise.resolve(false);
      const again = readToken(given);
      const changed = again !== current;
      current = again;
      return Promise.resolve(changed);
    },
  };
}

export interface TlsConfig {
  readonly verifySSL?: "no-ssl" | "ignore" | "validate" | undefined;
  readonly sslConfig?:
    | {
        readonly caCertificate?: SecretText | undefined;
        readonly sslCertificate?: SecretText | undefined;
        readonly sslKey?: SecretText | undefined;
      }
    | undefined;
}

/** `no-ssl` leaves Node's own checks on, as it does with the Python client. Certificates are file paths. */
export function tlsOptions(config: TlsConfig): TlsOptions {
  const { caCertificate, sslCertificate, sslKey } = config.sslConfig ?? {};
  return {
    verify: config.verifySSL === "ignore" ? "ignore" : "validate",
    caFile: pemFile("caCertificate", caCertificate),
    certFile: pemFile("sslCertificate", sslCertificate),
    keyFile: pemFile("sslKey", sslKey),
  };
}

function pemFile(key: string, value: SecretText | undefined): string | undefined {
  const path = value === undefined ? "" : textOf(value).trim();
  if (path === "") return undefined;
  if (isFile(path)) return path;
  const shown = path.startsWith("-----BEGIN") ? "holds a certificate, not a path" : `names no file: ${path}`;
  throw new OmdError("OMD_CONFIG", `workflowConfig.openMetadataServerConfig.sslConfig.${key} ${shown}`, {
    hint: "Give the path of a PEM file.",
  });
}
