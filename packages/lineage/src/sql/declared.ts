import { listOf, nameOf, nodeOf } from "./ast.ts";

/** What flatten gives (Snowflake), and openjson without WITH (SQL Server). */
const flattened = ["seq", "key", "path", "index", "value", "this"];
const opened = ["key", "value", "type"];

/** All names of the columns that a table function gives, where it tells: `json_table(doc, '$' columns (…))`, `openjson(doc) with (…)`. */
export function declaredColumns(call: unknown): readonly string[] {
  const node = nodeOf(call);
  if (node?.kind === "j_s_o_n_table") return namesIn(nodeOf(node.body["schema"])?.body["expressions"]);
  if (node?.kind === "open_j_s_o_n") {
    const names = namesIn(node.body["expressions"]);
    return names.length > 0 ? names : opened;
  }
  return JSON.stringify(call).includes('"flatten"') ? flattened : [];
}

/** `nested path … columns (…)` has no name, and columns of its own. */
function namesIn(definitions: unknown): readonly string[] {
  return listOf(definitions).flatMap((definition) => {
    const body = nodeOf(definition)?.body ?? {};
    const name = nameOfDefined(body["this"]);
    return [...(name === undefined ? [] : [name]), ...namesIn(nodeOf(body["nested_schema"])?.body["expressions"])];
  });
}

function nameOfDefined(name: unknown): string | undefined {
  const node = nodeOf(name);
  return nameOf(node?.kind === "var" ? node.body["this"] : name);
}
