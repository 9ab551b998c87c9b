/** Writes config-schema.json and the tables of options in README.md from the zod schemas. */
import { readFileSync, writeFileSync } from "node:fs";
import { configSchema, optionsTables } from "./generated.ts";

const directory = new URL("../", import.meta.url);
writeFileSync(new URL("config-schema.json", directory), configSchema());
const readme = new URL("README.md", directory);
const text = readFileSync(readme, "utf8");
const [before = "", rest = ""] = text.split("<!-- options -->\n");
const [, after = ""] = rest.split("<!-- /options -->\n");
writeFileSync(readme, `${before}<!-- options -->\n${optionsTables()}<!-- /options -->\n${after}`);
