import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { openEmbeddedCatalog, startCatalogWriter, type CatalogWriter, type EmbeddedCatalog } from "@omd/catalog";
import { OmdError } from "@omd/core";
import type { FastifyInstance } from "fastify";
import { createApp, type AppOptions } from "./app.ts";
import { loadNamespaces, unknownServices } from "./openlineage/namespaces.ts";
import { defaultKeepEvents, EventRetention, type KeepEvents } from "./openlineage/retention.ts";
import { guardRequests, isLoopback, loopbackHosts } from "./guards.ts";
import { pageDirectory, servePage } from "./page-files.ts";

export interface ServeOptions {
  /** Directory of the catalog (`catalog.db`), the state and the reports. */
  readonly omdHome: string;
  /** Address to listen on. Default 127.0.0.1; any other than loopback needs a token. */
  readonly host?: string | undefined;
  /** Default {@link defaultPort}; 0 takes a free one. */
  readonly port?: number | undefined;
  /** File that holds the token which every call must carry. */
  readonly tokenFile?: string | undefined;
  /** PEM files; with them the server speaks HTTPS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** YAML file that says which services the namespaces of OpenLineage events mean. */
  readonly namespacesFile?: string | undefined;
  /** Days that OpenLineage events and dead letters are kept. Default {@link defaultKeepEvents}. */
  readonly keepEvents?: KeepEvents | undefined;
  /** Version of OpenMetadata that clients are told. Default {@link defaultVersion}. */
  readonly version?: string | undefined;
  /** Service types of the connectors that are installed; clients ask for their test-connection steps. */
  readonly connectors?: readonly string[] | undefined;
  /** Milliseconds that a write waits for another process. Default 5,000. */
  readonly busyTimeoutMs?: number | undefined;
  /** Where the built page lies. Default that of `@omd/ui`. */
  readonly pageDirectory?: string | undefined;
  /** Told of errors of our own. Default: nobody. */
  readonly log?: ((text: string) => void) | undefined;
}

export interface RunningServer {
  /** For `openMetadataServerConfig.hostPort`, with `/api` behind it, and for a browser. */
  readonly url: string;
  /** Ends when calls under way are answered and everything is written. */
  close(): Promise<void>;
}

/** The port of OpenMetadata, so that its clients find us without a change. */
export const defaultPort = 8585;
export const defaultVersion = "1.12.8";

/** Calls that are not answered after so many ms are cut off at the end. */
const closeWithinMs = 10_000;

/**
 * Opens the catalog and serves it. Throws OmdError: no token where one is needed, files that can't be read or are wrong, a port or catalog
 * in use.
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const host = options.host ?? "127.0.0.1";
  const token = options.tokenFile === undefined ? undefined : await readToken(options.tokenFile);
  if (token === undefined && !isLoopback(host)) throw tokenNeeded(host);
  const tls = options.tls && (await readTls(options.tls));
  const namespaces = options.namespacesFile === undefined ? undefined : await loadNamespaces(options.namespacesFile);
  const log = options.log ?? (() => undefined);
  const omdHome = resolve(options.omdHome);
  const opened = await openCatalog(join(omdHome, "catalog.db"), options.busyTimeoutMs, log);
  let app: FastifyInstance | undefined;
  try {
    await opened.writer.seed(options.connectors ?? []);
    await opened.writer.writeEvents("mapped", [namespaces?.key ?? ""]);
    if (namespaces)
      for (const text of await unknownServices(namespaces, opened.catalog))
        log(`${options.namespacesFile ?? ""}: the catalog has no service ${text} yet`);
    const parts = { ...opened, namespaces, version: options.version ?? defaultVersion, omdHome };
    app = appOf(() => createApp(parts, log, { tls }), options.tls?.certFile);
    guardRequests(app, { token, hosts: isLoopback(host) ? new Set([...loopbackHosts, host]) : undefined });
    pruneEvents(app, opened.writer, options.keepEvents ?? defaultKeepEvents, log);
    servePage(app, options.pageDirectory ?? pageDirectory());
    await listen(app, host, options.port ?? defaultPort);
    return { url: urlOf(app, host, tls !== undefined), close: closer(app, opened) };
  } catch (error) {
    await app?.close();
    await closeCatalog(opened);
    throw error;
  }
}

function pruneEvents(app: FastifyInstance, writer: CatalogWriter, keep: KeepEvents, log: (text: string) => void): void {
  if (keep === "all") return;
  const retention = new EventRetention(writer, keep, log);
  app.addHook("onListen", async () => {
    retention.start();
  });
  app.addHook("onClose", async () => {
    await retention.close();
  });
}

interface Opened {
  readonly catalog: EmbeddedCatalog;
  readonly writer: CatalogWriter;
}

async function openCatalog(
  file: string,
  busyTimeoutMs: number | undefined,
  log: (text: string) => void,
): Promise<Opened> {
  const writer = await startCatalogWriter({
    file,
    busyTimeoutMs,
    onCrash: (error) => log(`${error.message}\n  ${error.hint ?? ""}\n  Nothing can be written any more.`),
  });
  try {
    return { writer, catalog: openEmbeddedCatalog({ file, busyTimeoutMs, readOnly: true }) };
  } catch (error) {
    await writer.close();
    throw error;
  }
}

async function closeCatalog({ catalog, writer }: Opened): Promise<void> {
  await catalog.close();
  await writer.close();
}

function closer(app: FastifyInstance, opened: Opened): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const cut = setTimeout(() => {
      app.server.closeAllConnections();
    }, closeWithinMs);
    // A connection that falls idle only now would be kept for its next request.
    const idle = setInterval(() => {
      app.server.closeIdleConnections();
    }, 50);
    try {
      await app.close();
    } finally {
      clearTimeout(cut);
      clearInterval(idle);
      await closeCatalog(opened);
    }
  };
  return () => (closing ??= close());
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "EADDRINUSE")
      throw problem(
        "OMD_CONNECTION",
        `Port ${port} of ${host} is in use`,
        "Stop what listens there, or name another with --port.",
        error,
      );
    if (code === "EACCES")
      throw problem(
        "OMD_CONNECTION",
        `This user may not listen on port ${port}`,
        "Name a port above 1023 with --port.",
        error,
      );
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      throw problem("OMD_CONNECTION", `This machine has no address ${host}`, "Name one of its own with --host.", error);
    throw error;
  }
}

function urlOf(app: FastifyInstance, host: string, tls: boolean): string {
  const { port } = app.server.address() as AddressInfo;
  const shown = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  return `${tls ? "https" : "http"}://${shown}:${port}`;
}

async function readToken(file: string): Promise<string> {
  const token = (await readNamed(file, "--token-file")).trim();
  if (token === "" || /\s/.test(token))
    throw problem(
      "OMD_CONFIG",
      `The token file ${file} must hold one token and nothing else`,
      "Make one: openssl rand -hex 32",
    );
  return token;
}

function tokenNeeded(host: string): OmdError {
  const message = `Whoever reaches ${host} could read and change the catalog`;
  return problem("OMD_CONFIG", message, "Name a file with a token that clients must send: --token-file FILE");
}

async function readTls({
  certFile,
  keyFile,
}: NonNullable<ServeOptions["tls"]>): Promise<NonNullable<AppOptions["tls"]>> {
  return { cert: await readNamed(certFile, "--tls-cert"), key: await readNamed(keyFile, "--tls-key") };
}

async function readNamed(file: string, flag: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw problem(
      "OMD_CONFIG",
      `The file ${file} of ${flag} can't be read`,
      "Check the path and who may read it.",
      error,
    );
  }
}

/** Node reads certificate and key when the server is made. */
function appOf(make: () => FastifyInstance, certFile: string | undefined): FastifyInstance {
  try {
    return make();
  } catch (error) {
    if (certFile === undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw problem(
      "OMD_CONFIG",
      `TLS can't be set up with ${certFile}: ${why}`,
      "Certificate and key must be PEM and belong together.",
      error,
    );
  }
}

function problem(code: OmdError["code"], message: string, hint: string, cause?: unknown): OmdError {
  return new OmdError(code, message, { hint, cause });
}
