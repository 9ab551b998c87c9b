#!/usr/bin/env -S node --conditions=@omd/source
/** Runs the sources, without a build: `node --conditions=@omd/source packages/cli/bin/dev.js …`. Not published. */
import { readFileSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);
const pjson = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const { emitWarning } = process;
process.emitWarning = function (warning, ...rest) {
  if (!String(warning).includes("SQLite")) emitWarning.call(process, warning, ...rest);
};
module.enableCompileCache();
const { main } = await import("../src/main.ts");
await main(process.argv.slice(2), {
  root,
  pjson: { ...pjson, oclif: { ...pjson.oclif, commands: "./src/commands" } },
  ignoreManifest: true,
});
