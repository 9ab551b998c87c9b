/** Writes what is generated in the docs: `npm run docs -w @omd/cli`; with `--check` it only says what is not current (exit code 1). */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Config, settings, type Interfaces } from "@oclif/core";
import { reportJsonSchema } from "../src/report-json-schema.ts";
import { optionsTable, workflowConfigJsonSchema, type OptionSchema } from "@omd/core";
import { commandReference, withReference } from "./command-reference.ts";

const root = dirname(import.meta.dirname);
const readmeFile = join(root, "README.md");
const configurationFile = join(root, "../../docs/configuration.md");
const schemaFile = join(root, "../../docs/report.schema.json");

async function loadConfig(): Promise<Config> {
  settings.enableAutoTranspile = false;
  const pjson = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Interfaces.PJSON;
  const config = await Config.load({
    root,
    pjson: { ...pjson, oclif: { ...pjson.oclif, commands: "./src/commands" } },
    ignoreManifest: true,
    userPlugins: false,
  });
  return config;
}

/** Layout does not count: the formatter has its own. */
function isCurrentSchema(wanted: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(readFileSync(schemaFile, "utf8")), wanted);
  } catch {
    return false;
  }
}

/** The table of all keys of a workflow file but those of the connectors. */
function withOptions(text: string): string {
  const [start, end] = ["<!-- options -->", "<!-- /options -->"];
  const { properties = {}, required = [] }: OptionSchema = workflowConfigJsonSchema();
  const { omd = {}, ...rest } = properties;
  const table = optionsTable({ "the file": { properties: rest, required }, "`omd`": omd });
  const [before, after] = [text.split(start)[0], text.split(end)[1]];
  return `${before}${start}\n\n${table}\n${end}${after}`;
}

/** Layout does not count: the formatter has its own. */
const sameText = (one: string, other: string): boolean =>
  one.replaceAll(/[\s-]+/gu, " ") === other.replaceAll(/[\s-]+/gu, " ");

const before = readFileSync(readmeFile, "utf8");
const configuration = readFileSync(configurationFile, "utf8");
const tables = withOptions(configuration);
const readme = withReference(before, commandReference(await loadConfig()));
const schema: unknown = JSON.parse(JSON.stringify(reportJsonSchema()));
const stale = [
  ...(readme === before ? [] : [readmeFile]),
  ...(sameText(configuration, tables) ? [] : [configurationFile]),
  ...(isCurrentSchema(schema) ? [] : [schemaFile]),
];
if (process.argv.includes("--check")) {
  for (const file of stale) process.stderr.write(`${file} is not current: npm run docs -w @omd/cli\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  writeFileSync(readmeFile, readme);
  if (!sameText(configuration, tables)) writeFileSync(configurationFile, tables);
  if (!isCurrentSchema(schema)) writeFileSync(schemaFile, `${JSON.stringify(schema, undefined, 2)}\n`);
}
