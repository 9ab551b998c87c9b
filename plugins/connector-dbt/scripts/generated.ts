import { z } from "zod";
import { dbtOptions } from "../src/config.ts";

interface Property {
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly secret?: boolean;
  readonly anyOf?: readonly Property[];
  readonly oneOf?: readonly Property[];
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

function schema(): Property {
  return z.toJSONSchema(dbtOptions, {
    io: "input",
    unrepresentable: "any",
    // Defaults of values that are transformed on the way in are left out otherwise.
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === "default") jsonSchema.default ??= def.defaultValue as typeof jsonSchema.default;
    },
  }) as Property;
}

/** JSON Schema of `sourceConfig.config`, as config-schema.json holds it. */
export function configSchema(): string {
  return `${JSON.stringify(schema(), null, 2)}\n`;
}

/** The README's tables: options, and one for each place that artifacts may lie in. */
export function optionsTables(): string {
  const { properties = {}, required } = schema();
  const { dbtConfigSource, ...options } = properties;
  const tables = [table("`sourceConfig.config`", { properties: options, ...(required && { required }) })];
  for (const place of forms(dbtConfigSource ?? {})) {
    const { const: kind = "" } = place.properties?.["dbtConfigType"] ?? {};
    tables.push(`\n${place.description ?? ""}\n${table(`\`dbtConfigSource\`, \`dbtConfigType: ${kind}\``, place)}`);
  }
  return tables.join("");
}

function table(title: string, given: Property): string {
  const head = `\n| ${title} | Value | What it does |\n| --- | --- | --- |\n`;
  const rows = rowsOf(given, "").filter(([key]) => key !== "`dbtConfigType`");
  return head + rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`).join("");
}

function rowsOf(given: Property, prefix: string): string[][] {
  const required = new Set(given.required);
  return Object.entries(given.properties ?? {}).flatMap(([key, property]) => {
    const path = `${prefix}${key}`;
    const needed = required.has(key) ? " (needed)" : "";
    const row = [`\`${path}\``, valueOf(property) + needed, property.description ?? ""];
    const below = forms(property).flatMap((one) => rowsOf(one, `${path}.`));
    // Forms of one key share some of their members; one row is enough.
    const seen = new Set<string>();
    return [row, ...below.filter(([name = ""]) => !seen.has(name) && seen.add(name))];
  });
}

function forms(property: Property): readonly Property[] {
  const choices = property.anyOf ?? property.oneOf;
  return choices === undefined ? [property] : choices.flatMap(forms);
}

function valueOf(property: Property): string {
  const all = forms(property);
  if (property.secret === true || all.some(({ secret }) => secret === true)) return "secret";
  const kinds = all.flatMap((one) =>
    one.enum
      ? one.enum.map((value) => `\`${value}\``)
      : one.const === undefined
        ? [one.type ?? "any"].flat()
        : [`\`${one.const}\``],
  );
  return [...new Set(kinds.filter((kind) => kind !== "null"))].join(" or ");
}
