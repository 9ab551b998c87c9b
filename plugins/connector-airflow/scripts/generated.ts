import { z } from "zod";
import { airflowConnection, pipelineMetadata } from "../src/config.ts";

type Property = {
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly secret?: boolean;
  readonly anyOf?: readonly Property[];
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
};

function schemaOf(schema: z.ZodType): Property {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // Defaults of values that are transformed on the way in are left out otherwise.
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === "default") jsonSchema.default ??= def.defaultValue as typeof jsonSchema.default;
    },
  }) as Property;
}

/** JSON Schema of `serviceConnection.config`, as config-schema.json holds it. */
export function configSchema(): string {
  return `${JSON.stringify(schemaOf(airflowConnection), null, 2)}\n`;
}

/** The README's table of options. */
export function optionsTable(): string {
  const head = "| Key | Value | Default | What it does |\n| --- | --- | --- | --- |\n";
  const rows = [
    ["`serviceConnection.config`", "", "", ""],
    ...rowsOf(schemaOf(airflowConnection), ""),
    ["`sourceConfig.config`", "", "", ""],
    ...rowsOf(schemaOf(pipelineMetadata), ""),
  ];
  return head + rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`).join("");
}

function rowsOf(schema: Property, prefix: string): string[][] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = `${prefix}${key}`;
    const fallback = property.default === undefined ? "" : `\`${JSON.stringify(property.default)}\``;
    const shown = required.has(key) ? "(needed)" : fallback;
    const row = [`\`${path}\``, valueOf(property), shown, property.description ?? ""];
    const below = [property, ...(property.anyOf ?? [])].flatMap((one) => rowsOf(one, `${path}.`));
    // Database modes share the key `type` with RestAPI; one row is enough.
    const seen = new Set<string>();
    const once = below.filter(([name = ""]) => !seen.has(name) && seen.add(name));
    return [row, ...once];
  });
}

function valueOf(property: Property): string {
  if (property.secret === true) return "secret";
  if (property.const !== undefined) return `\`${property.const}\``;
  if (property.enum !== undefined) return property.enum.map((value) => `\`${value}\``).join(", ");
  const kinds = (property.anyOf ?? [property]).map((one) => one.type ?? "any");
  return [...new Set(kinds)].join(" or ");
}
