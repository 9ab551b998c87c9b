import { catalogHeader } from "@omd/catalog";
import { usageError } from "./usage-error.ts";

/** Where `omd serve` listens when nothing else is said. */
export const defaultServerUrl = "http://127.0.0.1:8585";

const deadlineMs = 3000;

/**
 * The address without its last slash, when the page of this catalog is served there. Throws a usage error that says how to start one, or that
 * something else answers.
 */
export async function runningServer(address: string, identity: string | undefined): Promise<string> {
  const url = rootOf(address);
  const version = await asked(`${url}/api/v1/system/version`);
  if (version === undefined)
    throw usageError(
      `no omd serve answers at ${url}\n  Start one with: omd serve\n  or name where it listens with --url.`,
    );
  if (!isRecord(version) || version["revision"] !== "omd")
    throw usageError(`what answers at ${url} is not omd serve\n  Name where it listens with --url.`);
  const home = await asked(`${url}/api/omd/home`);
  const served = isRecord(home) && isRecord(home["catalog"]) ? home["catalog"]["identity"] : undefined;
  // A server that demands a token does not say what it serves; the browser will ask.
  if (identity !== undefined && typeof served === "string" && served !== identity)
    throw usageError(
      `the omd serve at ${url} serves another catalog\n  Name where that of this directory listens with --url.`,
    );
  return url;
}

/** Whether the omd serve at `url` serves the catalog of that identity; it says so to those without its token too. */
export async function servesCatalog(url: string, identity: string): Promise<boolean> {
  try {
    const { headers } = await fetch(`${url}/api/v1/system/version`, { signal: AbortSignal.timeout(deadlineMs) });
    return headers.get(catalogHeader) === identity;
  } catch {
    return false;
  }
}

function rootOf(address: string): string {
  if (!URL.canParse(address) || !/^https?:/.test(address)) throw usageError(`--url: ${address} is no http address`);
  return address.replace(/\/+$/, "");
}

/** The JSON that is answered, whatever its status; undefined when nobody answers. */
async function asked(url: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs) });
  } catch {
    return undefined;
  }
  return response.json().catch(() => null);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
