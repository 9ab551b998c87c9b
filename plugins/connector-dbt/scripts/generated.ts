import { optionForms, optionSchema, optionsTable } from "@omd/core";
import { dbtOptions } from "../src/config.ts";

/** JSON Schema of `sourceConfig.config`, as config-schema.json holds it. */
export function configSchema(): string {
  return `${JSON.stringify(optionSchema(dbtOptions), null, 2)}\n`;
}

/** The README's tables: options, and one for each place that artifacts may lie in. */
export function optionsTables(): string {
  const { properties = {}, required = [] } = optionSchema(dbtOptions);
  const { dbtConfigSource = {}, ...options } = properties;
  const places = optionForms(dbtConfigSource).map((place) => {
    const { dbtConfigType, ...keys } = place.properties ?? {};
    const name = `\`dbtConfigSource\`, \`dbtConfigType: ${String(dbtConfigType?.const)}\``;
    return `\n${place.description ?? ""}\n\n${optionsTable({ [name]: { ...place, properties: keys } })}`;
  });
  return [`\n${optionsTable({ "`sourceConfig.config`": { properties: options, required } })}`, ...places].join("");
}
