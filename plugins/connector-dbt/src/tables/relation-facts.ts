import type { EntityReference } from "@omd/schema";
import type { Note, Raw } from "../artifacts/fields.ts";
import type { CatalogTable, ManifestNode, ManifestSource } from "../artifacts/shapes.ts";
import type { ProjectView, Relation } from "../project/view.ts";
import { catalogMeta, type CatalogMeta } from "./catalog-meta.ts";
import { columnFacts, filled, type ColumnFacts } from "./columns.ts";
import type { Owners } from "./owners.ts";
import type { KnownTable } from "./table-index.ts";

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
  parts: { readonly owners: Owners; readonly note: Note; readonly table: Pick<KnownTable, "columns" | "types"> },
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
    columns: columnFacts(thing.columns, catalog ?? shownBy(parts.table)),
    owners: await parts.owners.of({ meta, group, inDatabase: catalog?.owner }),
    asked: catalogMeta(meta, parts.note),
  };
}

/** Without catalog.json the types are those that the table itself has in the catalog. */
function shownBy({ columns, types }: Pick<KnownTable, "columns" | "types">): Pick<CatalogTable, "columns"> | undefined {
  if (types.length === 0) return undefined;
  return {
    columns: types.map((type, at) => ({
      name: columns[at] ?? "",
      type: type === "" ? undefined : type,
      index: at + 1,
      comment: undefined,
    })),
  };
}

function groupOf(view: ProjectView, name: string, packageName: string | undefined) {
  const ids = view.ids("group");
  const own = packageName === undefined ? undefined : view.load("group", `group.${packageName}.${name}`);
  if (own) return own;
  const other = ids.find((id) => id.endsWith(`.${name}`));
  return other === undefined ? undefined : view.load("group", other);
}
