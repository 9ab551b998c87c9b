import type { ProjectView, Relation } from "../project/view.ts";

/** A `ref` or `source` of Jinja: which of both, and what stands between its brackets. */
const calls = /\b(ref|source)\s*\(([^)]*)\)/gu;
const comments = /\{#.*?#\}/gsu;

/** The relation that the first `ref` or `source` of the text calls, if it is among these. */
export function firstCalled(text: string, read: readonly Relation[]): Relation | undefined {
  return calledIn(text, read)[0];
}

/**
 * What a test or a model reads, in the order in which its own text names it; what the text does not name, since macros do, comes after in
 * the order of `depends_on`, where dbt puts all sources before all models. Only relations of the project, each once.
 */
export function readInOrder(view: ProjectView, uniqueId: string, dependsOn: readonly string[]): readonly Relation[] {
  const read = dependsOn.flatMap((id) => view.relations.get(id) ?? []);
  if (read.length < 2) return read;
  const text = view.load("node", uniqueId)?.rawCode?.replace(comments, "") ?? "";
  return [...new Set([...calledIn(text, read), ...read])];
}

/** `ref('shop', 'orders', version='2')`, `source('raw', 'orders')`. */
function calledIn(text: string, read: readonly Relation[]): Relation[] {
  return [...text.matchAll(calls)].flatMap(([, kind, list = ""]) => {
    const [names, version] = argumentsOf(list);
    const [first, second] = names;
    const name = second ?? first;
    const found =
      kind === "source"
        ? read.find((one) => one.name === name && isSource(one) && one.uniqueId.endsWith(`.${first}.${name}`))
        : read.find(
            (one) =>
              one.name === name &&
              !isSource(one) &&
              (second === undefined || one.packageName === first) &&
              (version === undefined || one.version === version),
          );
    return found ?? [];
  });
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

export function isSource({ resourceType }: Relation): boolean {
  return resourceType === "source";
}
