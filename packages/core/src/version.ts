import { readFileSync } from "node:fs";

/** Version of @omd/core, from its package.json. */
export const omdVersion: string = (
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }
).version;
