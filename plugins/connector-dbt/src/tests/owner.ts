import type { ManifestNode } from "../artifacts/shapes.ts";
import type { ProjectView, Relation, TestEntry } from "../project/view.ts";

/**
 * The relation that owns a data test, by its unique id: the one that the manifest says (from dbt 1.5 on), else the one that the test is given
 * as `model`, else the one below which it is written, else the first one it reads. Undefined when it reads none.
 */
export function ownerOf(view: ProjectView, entry: TestEntry): string | undefined {
  if (entry.attachedNode !== undefined && view.relations.has(entry.attachedNode)) return entry.attachedNode;
  const read = entry.dependsOn.flatMap((id) => view.relations.get(id) ?? []);
  if (read.length < 2) return read[0]?.uniqueId;
  const node = view.load("node", entry.uniqueId);
  const named = node && (given(node, read) ?? written(node, read));
  return (named ?? firstWithTable(view, read) ?? read[0])?.uniqueId;
}

function firstWithTable(view: ProjectView, read: readonly Relation[]): Relation | undefined {
  return (
    read.find(({ uniqueId }) => view.table(uniqueId) !== undefined) ??
    read.find(({ uniqueId, isEphemeral }) => isEphemeral && view.upstreamTables(uniqueId).length > 0)
  );
}

/** `{{ get_where_subquery(ref('shop', 'orders', version='2')) }}`, `{{ source('raw', 'orders') }}`. */
function given({ test }: ManifestNode, read: readonly Relation[]): Relation | undefined {
  const model = test?.kwargs["model"];
  const call = typeof model === "string" ? /\b(ref|source)\s*\(([^)]*)\)/u.exec(model) : null;
  const [, kind, list] = call ?? [];
  if (kind === undefined || list === undefined) return undefined;
  const [names, version] = argumentsOf(list);
  const [first, second] = names;
  const name = second ?? first;
  if (kind === "source")
    return read.find((one) => one.name === name && isSource(one) && one.uniqueId.endsWith(`.${first}.${name}`));
  return read.find(
    (one) =>
      one.name === name &&
      !isSource(one) &&
      (second === undefined || one.packageName === first) &&
      (version === undefined || one.version === version),
  );
}

/** The texts of a call's arguments, and the one that is called `version` or `v`. */
function argumentsOf(list: string): [names: string[], version: string | undefined] {
  const names: string[] = [];
  let version: string | undefined;
  for (const argument of list.split(",")) {
    const [, key, value] = /^\s*(?:(\w+)\s*=\s*)?["']?(.*?)["']?\s*$/su.exec(argument) ?? [];
    if (value === undefined || value === "") continue;
    if (key === undefined) names.push(value);
    else if (key === "version" || key === "v") version = value;
  }
  return [names, version];
}

/** `models.orders`, `sources.raw`: the name of a model, or of a source and not of its table. */
function written({ test }: ManifestNode, read: readonly Relation[]): Relation | undefined {
  const [kind, ...rest] = test?.fileKeyName?.split(".") ?? [];
  const name = rest.join(".");
  const found = read.filter((one) =>
    kind === "sources" ? isSource(one) && one.uniqueId.endsWith(`.${name}.${one.name}`) : one.name === name,
  );
  return found.length === 1 ? found[0] : undefined;
}

function isSource({ resourceType }: Relation): boolean {
  return resourceType === "source";
}
