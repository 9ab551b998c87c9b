import type { EntitySet, EntityUpdateRecord, TagLabel } from "@omd/schema";
import type { DbtOptions } from "../config.ts";
import type { Note } from "../artifacts/fields.ts";
import { catalogMeta } from "./catalog-meta.ts";
import { columnPath, type ColumnFacts } from "./columns.ts";
import type { RelationFacts } from "./relation-facts.ts";
import type { KnownTable } from "./table-index.ts";

export interface UpdateParts {
  readonly options: Pick<DbtOptions, "dbtUpdateDescriptions" | "dbtUpdateOwners" | "includeTags">;
  /** The table's labels that dbt itself has. */
  readonly tags: readonly TagLabel[];
  readonly labelsOf: (facts: ColumnFacts) => TagLabel[];
  readonly note: Note;
  /** Its create request holds descriptions, tags and owners already. */
  readonly isOwn: boolean;
  /** The column as the catalog has it. */
  readonly columnOf: (name: string) => string | undefined;
}

/** What is brought into a table; undefined when there is nothing. */
export function updateRecord(
  facts: RelationFacts,
  table: KnownTable,
  parts: UpdateParts,
): EntityUpdateRecord | undefined {
  const { options, isOwn } = parts;
  const { asked } = facts;
  // Sources belong to others: what these wrote is never overwritten.
  const isNode = facts.node !== undefined;
  const mayDescribe = options.dbtUpdateDescriptions && isNode;
  const mayOwn = options.dbtUpdateOwners && isNode;
  const described = !isOwn || mayDescribe;
  const tags = isOwn ? [] : [...parts.tags];
  if (options.includeTags) tags.push(...asked.tags.map((fqn) => labelOf(fqn, "Classification")));
  const columns = columnSet(facts, parts);
  const set: EntitySet = {
    ...(described && facts.description !== undefined && { description: facts.description }),
    ...(described && { columnDescriptions: columns.descriptions }),
    tags,
    columnTags: columns.tags,
    ...((!isOwn || mayOwn) && { owners: [...facts.owners] }),
    ...(asked.tier !== undefined && { tier: asked.tier }),
    domains: [...asked.domains],
    glossaryTerms: [...asked.glossaryTerms],
    ...(asked.extension && { extension: asked.extension }),
  };
  const kept = Object.fromEntries(Object.entries(set).filter(([, value]) => !isEmpty(value))) as EntitySet;
  if (Object.keys(kept).length === 0) return undefined;
  const override = [...(mayDescribe ? ["description" as const] : []), ...(mayOwn ? ["owners" as const] : [])];
  return {
    kind: "entityUpdate",
    entityType: "table",
    fqn: table.fqn,
    set: kept,
    ...(override.length > 0 && { override }),
  };
}

interface ColumnSet {
  readonly descriptions: Record<string, string>;
  readonly tags: Record<string, TagLabel[]>;
}

/** Only of columns that the table has: others are known to the data model alone. */
function columnSet(facts: RelationFacts, { isOwn, labelsOf, note, options, columnOf }: UpdateParts): ColumnSet {
  const found: ColumnSet = { descriptions: {}, tags: {} };
  for (const column of facts.columns) {
    const name = columnOf(column.name);
    if (name === undefined) continue;
    const path = columnPath({ ...column, name });
    if (column.description !== undefined) found.descriptions[path] = column.description;
    const asked = catalogMeta(column.meta, note);
    const labels = [
      ...(isOwn ? [] : labelsOf(column)),
      ...(options.includeTags ? asked.tags.map((fqn) => labelOf(fqn, "Classification")) : []),
      ...asked.glossaryTerms.map((fqn) => labelOf(fqn, "Glossary")),
    ];
    if (labels.length > 0) found.tags[path] = labels;
  }
  return found;
}

function labelOf(tagFQN: string, source: TagLabel["source"]): TagLabel {
  return { tagFQN, source, labelType: "Automated", state: "Suggested" };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}
