import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import type { Catalog } from "@omd/core";
import type { EmbeddedCatalog } from "@omd/catalog";
import { jsonFlag, omdHomeFlag } from "./omd-command.ts";
import { guardOutput } from "./output-guard.ts";
import { usageError } from "./usage-error.ts";

/** Flags of the commands that look into a catalog. */
export const catalogFlags = {
  config: Flags.string({
    char: "c",
    description: "workflow file whose catalog is meant; default: the embedded one",
    helpValue: "FILE",
  }),
  "omd-home": omdHomeFlag,
  json: jsonFlag,
};

export interface CatalogFlagValues {
  readonly config: string | undefined;
  readonly "omd-home": string;
}

export interface OpenedCatalog {
  readonly catalog: Catalog;
  /** The same catalog when it is the embedded one, which can do more. */
  readonly embedded: EmbeddedCatalog | undefined;
}

/** Opens the catalog for the time of `use`. Throws a usage error when there is none yet. */
export async function withCatalog<T>(flags: CatalogFlagValues, use: (opened: OpenedCatalog) => Promise<T>): Promise<T> {
  return flags.config === undefined
    ? withFile(flags["omd-home"], use)
    : withConfig(flags.config, flags["omd-home"], use);
}

/** For what only the embedded catalog can do. */
export function needEmbedded({ embedded }: OpenedCatalog, what: string): EmbeddedCatalog {
  if (embedded) return embedded;
  throw usageError(`${what} is for the embedded catalog; the file names a server`);
}

/** For what changes all of the embedded catalog at once. Throws OMD_STATE_LOCKED while a run writes to it. */
export async function needNoRun(omdHome: string): Promise<void> {
  const file = join(resolve(omdHome), "state.db");
  if (!existsSync(file)) return;
  const { requireNoRun, StateStore } = await import("@omd/core");
  const state = StateStore.open(file);
  try {
    requireNoRun(state.db, "embedded:");
  } finally {
    state.close();
  }
}

async function withFile<T>(omdHome: string, use: (opened: OpenedCatalog) => Promise<T>): Promise<T> {
  const file = join(resolve(omdHome), "catalog.db");
  if (!existsSync(file)) {
    throw usageError(
      `there is no catalog in ${resolve(omdHome)}\n  Fill it with omd ingest, or name another directory with --omd-home or another catalog with -c.`,
    );
  }
  const { openEmbeddedCatalog } = await import("@omd/catalog");
  const embedded = openEmbeddedCatalog({ file });
  try {
    return await use({ catalog: embedded, embedded });
  } finally {
    await embedded.close();
  }
}

async function withConfig<T>(path: string, omdHome: string, use: (opened: OpenedCatalog) => Promise<T>): Promise<T> {
  const [core, { createHttpRuntime }, { EmbeddedCatalog, openCatalog }] = await Promise.all([
    import("@omd/core"),
    import("@omd/http"),
    import("@omd/catalog"),
  ]);
  const secrets = new core.SecretRegistry();
  guardOutput((text) => secrets.redact(text));
  const openParts = core.openPartsOf({ catalog: () => Promise.resolve(openCatalog) });
  const config = await core.loadConfigFile(path, { openParts });
  for (const text of config.origin.secretTexts()) secrets.add(text);
  const http = createHttpRuntime({ redact: (text) => secrets.redact(text), defaults: core.httpDefaults(config) });
  try {
    const catalog = await openCatalog(config.workflowConfig.openMetadataServerConfig, {
      http,
      omdHome: resolve(omdHome),
    });
    try {
      await catalog.connect();
      return await use({ catalog, embedded: catalog instanceof EmbeddedCatalog ? catalog : undefined });
    } finally {
      await catalog.close();
    }
  } finally {
    await http.close();
  }
}
