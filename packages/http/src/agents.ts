import { readFileSync } from "node:fs";
import type http from "node:http";
import type https from "node:https";
import tls from "node:tls";
import { HttpError } from "./errors.ts";
import { idleMs, PlainAgent, SecureAgent } from "./keep-alive.ts";
import type { TlsOptions } from "./types.ts";

/** Keep-alive connections for both schemes. */
export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

const proxyKeys = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"] as const;

/** The proxy settings of an environment, addresses without a scheme as http; undefined when no proxy is set. */
export function proxyEnvironment(env: NodeJS.ProcessEnv): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const key of proxyKeys) {
    const value = env[key]?.trim();
    if (value === undefined || value === "") continue;
    found[key] = isProxyKey(key) && !value.includes("://") ? `http://${value}` : value;
  }
  return Object.keys(found).some(isProxyKey) ? found : undefined;
}

function isProxyKey(key: string): boolean {
  return /^https?_proxy$/iu.test(key);
}

/** Passwords and `Basic` credentials of the proxies. */
export function proxySecrets(proxy: Readonly<Record<string, string>> | undefined): string[] {
  const secrets: string[] = [];
  for (const [key, value] of Object.entries(proxy ?? {})) {
    if (!isProxyKey(key) || !URL.canParse(value)) continue;
    const { username, password } = new URL(value);
    if (password === "") continue;
    const plain = [username, password].map(decodeText);
    secrets.push(password, plain[1] ?? "", Buffer.from(plain.join(":")).toString("base64"));
  }
  return secrets;
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Throws an HttpError that names the variable and not its value, which may hold a password. */
function checkProxy(proxy: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(proxy)) {
    if (!isProxyKey(key)) continue;
    const scheme = URL.canParse(value) ? new URL(value).protocol : "";
    if (scheme === "http:" || scheme === "https:") continue;
    throw new HttpError("ERR_NETWORK", `${key} is not the http(s) URL of a proxy`, { advice: "abort" });
  }
}

function readPem(what: string, file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    throw new HttpError("ERR_NETWORK", `cannot read the ${what} ${file}: ${String(error)}`, { advice: "abort" });
  }
}

function secureContext(options: TlsOptions): tls.SecureContext | undefined {
  const ca = readPem("CA file", options.caFile);
  const cert = readPem("client certificate", options.certFile);
  const key = readPem("client key", options.keyFile);
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  try {
    return tls.createSecureContext({
      ...(ca === undefined ? {} : { ca: [...tls.getCACertificates("default"), ca] }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (error) {
    const files = [options.caFile, options.certFile, options.keyFile].filter((file) => file !== undefined).join(", ");
    throw new HttpError("ERR_NETWORK", `not usable for TLS: ${files}: ${String(error)}`, { advice: "abort" });
  }
}

/** The agents of one runtime: clients with equal TLS settings share connections. */
export class AgentPool {
  readonly #byTls = new Map<string, Agents>();
  /** Set when the environment names a proxy. */
  readonly proxy: Record<string, string> | undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.proxy = proxyEnvironment(env);
  }

  /** Throws an HttpError when a file cannot be read or is not PEM, or a proxy's address is none. */
  get(options: TlsOptions | undefined): Agents {
    const key = JSON.stringify([options?.verify, options?.caFile, options?.certFile, options?.keyFile]);
    const known = this.#byTls.get(key);
    if (known !== undefined) return known;
    if (this.proxy !== undefined) checkProxy(this.proxy);
    const context = options === undefined ? undefined : secureContext(options);
    const shared = {
      keepAlive: true,
      timeout: idleMs,
      ...(this.proxy === undefined ? {} : { proxyEnv: this.proxy }),
    };
    const agents: Agents = {
      http: new PlainAgent(shared),
      https: new SecureAgent({
        ...shared,
        rejectUnauthorized: options?.verify !== "ignore",
        // One context for all connections: parsing the CA bundle for each costs tens of ms.
        ...(context === undefined ? {} : { secureContext: context }),
      }),
    };
    this.#byTls.set(key, agents);
    return agents;
  }

  close(): void {
    for (const agents of this.#byTls.values()) {
      agents.http.destroy();
      agents.https.destroy();
    }
  }
}
