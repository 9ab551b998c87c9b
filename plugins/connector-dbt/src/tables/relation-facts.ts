import type { EntityReference } from "@omd/schema";
import type { Note, Raw } from "../artifacts/fields.ts";
import type { CatalogTable, ManifestNode, ManifestSource } from "../artifacts/shapes.ts";
import type { ProjectView, Relation } from "../project/view.ts";
import { catalogMeta, type CatalogMeta } from "./catalog-meta.ts";
import { columnFacts, filled, type ColumnFacts } from "./columns.ts";
import type { Owners } from "./owners.ts";

/** All that the artifacts say about one table. */
export interface RelationFacts {
  readonly relation: Relation;
  /** Undefined for sources. */
  readonly node: ManifestNode | undefined;
  readonly source: ManifestSource | undefined;
  readonly catalog: CatalogTable | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly constraints: readonly Raw[];
  readonly columns: readonly ColumnFacts[];
  readonly owners: readonly EntityReference[];
  readonly asked: CatalogMeta;
}

/** Reads a relation back whole; `note` is told what of its `meta` cannot be used. Throws what the look-up of its owners throws. */
export async function relationFacts(
  view: ProjectView,
  relation: Relation,
  parts: { readonly owners: Owners; readonly note: Note },
): Promise<RelationFacts | undefined> {
  const { uniqueId } = relation;
  const node = relation.resourceType === "source" ? undefined : view.load("node", uniqueId);
  const source = node === undefined ? view.load("source", uniqueId) : undefined;
  const thing = node ?? source;
  if (thing === undefined) return undefined;
  const catalog = view.catalog(uniqueId);
  const group = thing.group === undefined ? undefined : groupOf(view, thing.group, thing.packageName);
  const meta = source === undefined ? thing.meta : { ...source.sourceMeta, ...source.meta };
  return {
    relation,
    node,
    source,
    catalog,
    description: filled(thing.description) ?? filled(catalog?.comment),
    tags: thing.tags,
    constraints: node?.constraints ?? [],
    columns: columnFacts(thing.columns, catalog),
    owners: await parts.owners.of({ meta, group, inDatabase: catalog?.owner }),
    asked: catalogMeta(meta, parts.note),
  };
}

function groupOf(view: ProjectView, name: string, packageName: string | undefined) {
  const ids = view.ids("group");
  const own = packageName === undefined ? undefined : view.load("group", `group.${packageName}.${name}`);
  if (own) return own;
  const other = ids.find((id) => id.endsWith(`.${name}`));
  return other === undefined ? undefined : view.load("group", other);
}
