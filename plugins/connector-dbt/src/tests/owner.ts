import type { ManifestNode } from "../artifacts/shapes.ts";
import type { ProjectView, Relation, TestEntry } from "../project/view.ts";
import { firstCalled, isSource, readInOrder } from "./read-order.ts";

/**
 * The relation that owns a data test, by its unique id: the one that the manifest says (from dbt 1.5 on), else the one that the test is given
 * as `model`, else the one below which it is written, else the first one that its own text reads and that has a place. Undefined when it
 * reads none.
 */
export function ownerOf(view: ProjectView, entry: TestEntry): string | undefined {
  if (entry.attachedNode !== undefined && view.relations.has(entry.attachedNode)) return entry.attachedNode;
  const read = entry.dependsOn.flatMap((id) => view.relations.get(id) ?? []);
  if (read.length < 2) return read[0]?.uniqueId;
  const node = view.load("node", entry.uniqueId);
  const named = node && (given(node, read) ?? written(node, read));
  if (named) return named.uniqueId;
  const ordered = readInOrder(view, entry.uniqueId, entry.dependsOn);
  const isPlaced = ({ uniqueId }: Relation): boolean => view.table(basesOf(view, uniqueId)[0] ?? "") !== undefined;
  return (ordered.find(isPlaced) ?? ordered[0])?.uniqueId;
}

/** The model that a unit test is of, by its unique id; undefined when the project has not got it, or for what is no unit test. */
export function modelOfUnitTest(view: ProjectView, uniqueId: string): string | undefined {
  const test = view.load("unitTest", uniqueId);
  return test?.dependsOn
    .flatMap((id) => view.relations.get(id) ?? [])
    .find(({ name, version }) => name === test.model && (test.version === undefined || test.version === version))
    ?.uniqueId;
}

/**
 * What stands in the database for a relation: itself, or the relations that an ephemeral model is made of, through others that are ephemeral
 * too, in the order in which their texts read them. Whether the catalog has their tables plays no part.
 */
export function basesOf(view: ProjectView, uniqueId: string): readonly string[] {
  const met = new Set<string>();
  const found: string[] = [];
  const visit = (id: string): void => {
    if (met.has(id)) return;
    met.add(id);
    const relation = view.relations.get(id);
    if (relation?.isEphemeral !== true) found.push(id);
    else for (const above of readInOrder(view, id, relation.dependsOn)) visit(above.uniqueId);
  };
  visit(uniqueId);
  return found;
}

/** `{{ get_where_subquery(ref('shop', 'orders', version='2')) }}`, `{{ source('raw', 'orders') }}`. */
function given({ test }: ManifestNode, read: readonly Relation[]): Relation | undefined {
  const model = test?.kwargs["model"];
  return typeof model === "string" ? firstCalled(model, read) : undefined;
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
