import { optionSchema, optionsTable as tableOf } from "@omd/core";
import { airflowConnection, pipelineMetadata } from "../src/config.ts";

/** JSON Schema of `serviceConnection.config`, as config-schema.json holds it. */
export function configSchema(): string {
  return `${JSON.stringify(optionSchema(airflowConnection), null, 2)}\n`;
}

/** The README's table of options. */
export function optionsTable(): string {
  return tableOf({
    "`serviceConnection.config`": optionSchema(airflowConnection),
    "`sourceConfig.config`": optionSchema(pipelineMetadata),
  });
}
