/** Writes oclif.manifest.json, from which oclif knows all commands without loading one. Run after the build. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Config, settings } from "@oclif/core";

const root = dirname(import.meta.dirname);
settings.enableAutoTranspile = false;
const config = await Config.load({ root, ignoreManifest: true, userPlugins: false });
const plugin = config.plugins.get(config.name);
if (!plugin || plugin.commandIDs.length === 0) throw new Error("no commands found: build first");
writeFileSync(join(root, "oclif.manifest.json"), `${JSON.stringify(plugin.manifest, undefined, 2)}\n`);
