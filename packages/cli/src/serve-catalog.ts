import { join } from "node:path";
import type { RunningServer } from "@omd/server";
import type { ServeFlagValues } from "./serve-flags.ts";
import { usageError } from "./usage-error.ts";

/** Starts the server as the flags say; what goes wrong later is printed to stderr. Throws a usage error or OmdError. */
export async function startFromFlags(
  flags: ServeFlagValues,
  packageFolders: readonly string[],
): Promise<RunningServer> {
  if (!/^\d+\.\d+\.\d+$/.test(flags["om-version"])) throw usageError("--om-version must be like 1.12.8");
  const [{ startServer }, connectors] = await Promise.all([import("@omd/server"), serviceTypes(packageFolders)]);
  const [certFile, keyFile] = [flags["tls-cert"], flags["tls-key"]];
  return startServer({
    omdHome: flags["omd-home"],
    host: flags.host,
    port: flags.port,
    tokenFile: flags["token-file"],
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    namespacesFile: flags.namespaces,
    keepEvents: keepEventsOf(flags["keep-events"]),
    version: flags["om-version"],
    connectors,
    log: tell,
  });
}

/** Where the same catalog is served already, when that is why the server did not start. */
export async function alreadyServed(failure: unknown, flags: ServeFlagValues): Promise<string | undefined> {
  const cause = failure instanceof Error ? failure.cause : undefined;
  if ((cause as { code?: unknown } | undefined)?.code !== "EADDRINUSE") return undefined;
  const [{ openEmbeddedCatalog }, { servesCatalog }] = await Promise.all([
    import("@omd/catalog"),
    import("./running-server.ts"),
  ]);
  const catalog = openEmbeddedCatalog({ file: join(flags["omd-home"], "catalog.db"), readOnly: true });
  const { identity } = catalog;
  await catalog.close();
  const { host } = flags;
  const shown = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  const url = `${flags["tls-cert"] === undefined ? "http" : "https"}://${shown}:${flags.port}`;
  return (await servesCatalog(url, identity)) ? url : undefined;
}

function keepEventsOf(text: string): number | "all" {
  if (text === "all") return "all";
  if (!/^[1-9]\d{0,5}$/.test(text)) throw usageError("--keep-events must be a number of days, such as 90, or all");
  return Number(text);
}

/** The service types of the connectors that are installed. */
async function serviceTypes(searchFrom: readonly string[]): Promise<readonly string[]> {
  const { createRegistry } = await import("@omd/core");
  const manifests = await createRegistry({ searchFrom: [...searchFrom], connectorPaths: [] }).list();
  const types = manifests.flatMap(({ sources }) => sources.map(({ serviceType }) => serviceType));
  return [...new Set(types)].filter((type) => type !== undefined);
}

/** What a user needs to know of the running server. */
export function servingText(url: string, flags: ServeFlagValues): string {
  const token = flags["token-file"];
  const open = token !== undefined && flags["tls-cert"] === undefined && !/^(?:localhost|127\.|::1)/.test(flags.host);
  return [
    `The catalog in ${flags["omd-home"]} is served at ${url}`,
    ...(flags.page === "/" ? [] : [`  To begin with:        ${firstPage(url, flags)}`]),
    `  OpenMetadata clients: hostPort: ${url}/api`,
    `  OpenLineage clients:  ${url}/api/v1/lineage`,
    ...(token === undefined ? [] : [`  Every client must send the token in ${token}`]),
    ...(open ? ["  The token goes over the network in the clear: --tls-cert and --tls-key prevent that"] : []),
    "Ctrl-C stops it.",
  ].join("\n");
}

/** Address of the page that is shown first. */
export function firstPage(url: string, { page }: ServeFlagValues): string {
  return page === "/" ? url : `${url}/${page.replace(/^\/+/, "")}`;
}

/** Announces the server, waits for SIGINT or SIGTERM, then closes it; a second signal ends the process at once. */
export async function untilStopped(server: RunningServer, announce: () => void | Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let asked = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(130);
    asked = true;
    resolve(signal);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // Only now: whoever reads it may stop the server at once.
  await announce();
  tell(`\n${await promise}: stopping. Calls under way are still answered.`);
  await server.close();
  process.off("SIGINT", stop);
  process.off("SIGTERM", stop);
  tell("Stopped. Everything that was answered is in the catalog.");
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
