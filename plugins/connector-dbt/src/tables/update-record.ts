import type { EntitySet, EntityUpdateRecord, FQN, SaidSet, TagLabel } from "@omd/schema";
import type { DbtOptions } from "../config.ts";
import type { Note } from "../artifacts/fields.ts";
import { catalogMeta, type CatalogMeta } from "./catalog-meta.ts";
import { columnPath, type ColumnFacts } from "./columns.ts";
import type { RelationFacts } from "./relation-facts.ts";

export interface SaidParts {
  readonly options: Pick<DbtOptions, "dbtUpdateDescriptions" | "dbtUpdateOwners" | "includeTags">;
  /** The table's labels that dbt itself has. */
  readonly tags: readonly TagLabel[];
  readonly labelsOf: (facts: ColumnFacts) => TagLabel[];
  readonly note: Note;
  /** The column as the catalog has it. */
  readonly columnOf: (name: string) => string | undefined;
}

export interface UpdateParts extends SaidParts {
  /** Its create request holds descriptions, tags and owners already. */
  readonly isOwn: boolean;
  /** Earlier words of dbt that may be replaced; none while dbt says the same as before. */
  readonly said: readonly SaidSet[];
}

/** What is brought into a table; undefined when there is nothing. */
export function updateRecord(facts: RelationFacts, table: FQN, parts: UpdateParts): EntityUpdateRecord | undefined {
  const { options, isOwn, said } = parts;
  const all = saidNow(facts, parts);
  const set = isOwn && said.length === 0 ? notRequested(all, facts, parts) : all;
  if (isEmpty(set) && said.length === 0) return undefined;
  // Sources belong to others: what these wrote is never overwritten.
  const isNode = facts.node !== undefined;
  const override = [
    ...(options.dbtUpdateDescriptions && isNode ? ["description" as const] : []),
    ...(options.dbtUpdateOwners && isNode ? ["owners" as const] : []),
  ];
  return {
    kind: "entityUpdate",
    entityType: "table",
    fqn: table,
    set,
    ...(override.length > 0 && { override }),
    ...(said.length > 0 && { said: [...said] }),
  };
}

/** All that dbt says of a table and that people may change. */
export function saidNow(facts: RelationFacts, parts: SaidParts): EntitySet {
  const { asked } = facts;
  const asLabels = parts.options.includeTags ? asked.tags.map((fqn) => labelOf(fqn, "Classification")) : [];
  const columns = columnSet(facts, parts, (column) => parts.labelsOf(column));
  return filled({
    description: facts.description,
    columnDescriptions: columns.descriptions,
    tags: [...parts.tags, ...asLabels],
    columnTags: columns.tags,
    owners: [...facts.owners],
    ...askedFields(asked),
  });
}

/** What the create request of a table has no place for, and what must be replaced if people changed it. */
function notRequested(all: EntitySet, facts: RelationFacts, parts: SaidParts): EntitySet {
  const { asked, node } = facts;
  const { options } = parts;
  const mayDescribe = options.dbtUpdateDescriptions && node !== undefined;
  return filled({
    ...(mayDescribe && { description: all.description, columnDescriptions: all.columnDescriptions }),
    tags: options.includeTags ? asked.tags.map((fqn) => labelOf(fqn, "Classification")) : [],
    columnTags: columnSet(facts, parts, () => []).tags,
    ...(options.dbtUpdateOwners && node !== undefined && { owners: all.owners }),
    ...askedFields(asked),
  });
}

function askedFields(asked: CatalogMeta): EntitySet {
  return {
    tier: asked.tier,
    domains: [...asked.domains],
    glossaryTerms: [...asked.glossaryTerms],
    extension: asked.extension,
  };
}

function filled(set: EntitySet): EntitySet {
  return Object.fromEntries(Object.entries(set).filter(([, value]) => !isEmpty(value)));
}

interface ColumnSet {
  readonly descriptions: Record<string, string>;
  readonly tags: Record<string, TagLabel[]>;
}

/** Only of columns that the table has: others are known to the data model alone. */
function columnSet(
  facts: RelationFacts,
  { note, options, columnOf }: SaidParts,
  labelsOf: (column: ColumnFacts) => readonly TagLabel[],
): ColumnSet {
  const found: ColumnSet = { descriptions: {}, tags: {} };
  for (const column of facts.columns) {
    const name = columnOf(column.name);
    if (name === undefined) continue;
    const path = columnPath({ ...column, name });
    if (column.description !== undefined) found.descriptions[path] = column.description;
    const asked = catalogMeta(column.meta, note);
    const labels = [
      ...labelsOf(column),
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
