import { z } from "zod";

/** Longer lists of values are in the JSON Schema only. */
const mostValues = 16;

/** What is looked at of a JSON Schema. */
export interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly secret?: boolean;
  readonly anyOf?: readonly OptionSchema[];
  readonly oneOf?: readonly OptionSchema[];
  readonly items?: OptionSchema;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
}

/** JSON Schema of what a user writes, as `config-schema.json` of a connector holds it. */
export function optionSchema(schema: z.ZodType): OptionSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // Defaults of values that are transformed on the way in are left out otherwise.
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === "default") jsonSchema.default ??= def.defaultValue as typeof jsonSchema.default;
    },
  }) as OptionSchema;
}

/** A table in Markdown with a row for each key, those of maps and lists below it; each part begins with a row of its name. */
export function optionsTable(parts: Readonly<Record<string, OptionSchema>>): string {
  const rows = Object.entries(parts).flatMap(([name, schema]) => [[`**${name}**`, "", "", ""], ...rowsOf(schema, "")]);
  const lines = rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |\n`);
  return `| Key | Value | Default | What it does |\n| --- | --- | --- | --- |\n${lines.join("")}`;
}

function rowsOf(schema: OptionSchema, prefix: string): string[][] {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = `${prefix}${key}`;
    const row = [`\`${path}\``, valueOf(property), defaultOf(property, required.has(key)), property.description ?? ""];
    const below = optionForms(property).flatMap((form) => [
      ...rowsOf(form, `${path}.`),
      ...optionForms(form.items ?? {}).flatMap((item) => rowsOf(item, `${path}[].`)),
    ]);
    return [row, ...below];
  });
  // Forms of one key share some of their members.
  const merged = new Map<string, string[]>();
  for (const row of rows) {
    const [key = "", value = ""] = row;
    const [, known = value, ...rest] = merged.get(key) ?? row;
    merged.set(key, [key, known.includes(value) ? known : `${known}, ${value}`, ...rest]);
  }
  return [...merged.values()];
}

function defaultOf({ default: given }: OptionSchema, isNeeded: boolean): string {
  if (isNeeded) return "(needed)";
  const isEmpty = typeof given === "object" && given !== null && Object.keys(given).length === 0;
  return given === undefined || isEmpty ? "" : `\`${JSON.stringify(given)}\``;
}

/** The forms that a value may have: itself, or all that are joined by `anyOf` or `oneOf`. */
export function optionForms(schema: OptionSchema): readonly OptionSchema[] {
  const choices = schema.anyOf ?? schema.oneOf;
  return choices === undefined ? [schema] : choices.flatMap(optionForms);
}

function valueOf(schema: OptionSchema): string {
  const all = optionForms(schema);
  if (schema.secret === true || all.some(({ secret }) => secret === true)) return "secret";
  const values = all.flatMap((form) =>
    (form.enum ?? (form.const === undefined ? [] : [form.const])).map((value) => `\`${String(value)}\``),
  );
  const kinds = all.filter((form) => form.enum === undefined && form.const === undefined);
  const types = kinds.flatMap(({ type = "any" }) => type).filter((type) => type !== "null");
  if (values.length > mostValues) return `one of ${values.length}`;
  return [...new Set([...values, ...types])].join(values.length > 0 ? ", " : " or ");
}
