import { failureOf, left, right, type Either, type Scope, type SourceContext } from "@omd/core";
import type { FQN, MetadataRecord, TagLabel } from "@omd/schema";
import type { DbtOptions } from "../config.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { ColumnFacts } from "./columns.ts";
import { Containers } from "./containers.ts";
import type { Filters } from "./filters.ts";
import type { Labels } from "./labels.ts";
import { dataModelOf, modelMark, modelMarks, modelRecord } from "./model-record.ts";
import type { Owners } from "./owners.ts";
import { relationFacts, type RelationFacts } from "./relation-facts.ts";
import { Sayings } from "./said.ts";
import type { Relation } from "../project/view.ts";
import { ServiceTables, type PlacedRelation } from "./service-tables.ts";
import { columnNames, tableColumns, tableConstraints, tableRecord } from "./table-record.ts";
import { saidNow, updateRecord } from "./update-record.ts";

export interface TableParts {
  readonly context: SourceContext;
  readonly options: DbtOptions;
  readonly filters: Filters;
  /** Of the whole run. */
  readonly labels: Labels;
  readonly owners: Owners;
}

type OnSql = (relation: Relation, sql: string) => void;

/** The tables of all projects of a run. */
export class TableRecords {
  readonly #parts: TableParts;
  readonly #tables: ServiceTables;
  readonly #containers: Containers;
  readonly #labels: Labels;
  readonly #owners: Owners;
  readonly #sayings: Sayings;
  /** Tables that a create request, or a data model, was given out for. */
  readonly #created = new Map<FQN, { readonly isSource: boolean; readonly isListed: boolean }>();
  /** Tables of the project that have no columns. */
  #bare = 0;
  /** By unique id of the model or source. */
  readonly #modelled = new Map<FQN, { readonly by: string; readonly isSource: boolean }>();

  constructor(parts: TableParts) {
    this.#parts = parts;
    this.#tables = new ServiceTables(parts);
    this.#containers = new Containers(parts.context);
    this.#labels = parts.labels;
    this.#owners = parts.owners;
    this.#sayings = new Sayings(parts.context);
  }

  /**
   * Finds or makes the project's tables and tells it which they are; tags come before what needs them. `onSql` is told the compiled SQL of each as it is read.
   * Throws when the catalog cannot be listed.
   */
  async *of(view: OpenProject, scope: Pick<Scope, "received">, onSql?: OnSql): AsyncGenerator<Either<MetadataRecord>> {
    this.#bare = 0;
    for (const placed of await this.#tables.place(view)) {
      scope.received(1);
      try {
        for (const record of await this.#records(view, placed, onSql)) yield right(record);
      } catch (error) {
        if (this.#parts.context.signal.aborted) throw error;
        yield left(failureOf(placed.relation.uniqueId, error));
      }
    }
    if (this.#bare > 0 && !view.hasCatalog) {
      const tables = this.#bare === 1 ? "1 table has" : `${String(this.#bare)} tables have`;
      const why = "there is no catalog.json, and the manifest declares none. `dbt docs generate` writes one.";
      this.#parts.context.warn(view.name, `${tables} no columns, and no lineage of columns: ${why}`);
    }
  }

  async #records(view: OpenProject, placed: PlacedRelation, onSql: OnSql | undefined): Promise<MetadataRecord[]> {
    const { context, options } = this.#parts;
    const { relation, table } = placed;
    const note = (message: string): void => context.warn(relation.uniqueId, message);
    const facts = await relationFacts(view, relation, { owners: this.#owners, note, table });
    if (facts === undefined) return [];
    const { compiledCode, language } = facts.node ?? {};
    if (compiledCode !== undefined && language !== "python") onSql?.(relation, compiledCode);
    const labelsOf = (column: ColumnFacts): TagLabel[] => this.#labels.of(column.tags);
    const tags = this.#tagsOf(facts, placed);
    const isOwn = this.#isOwn(facts, placed);
    const mayModel = this.#mayModel(facts, table.fqn);
    const marks = mayModel ? modelMarks(facts, table.fqn) : [];
    // A table that is made has its data model with it; later ones, and those that a model may still claim, need a call of their own.
    const carriesModel = facts.node !== undefined;
    const isMade = isOwn && table.isCreated && !this.#created.has(table.fqn);
    const constraints = isOwn ? tableConstraints(facts, view) : undefined;
    const columns = constraints && tableColumns(facts, constraints, labelsOf);
    if (columns) table.columns = columnNames(columns);
    const columnOf = (name: string): string | undefined => view.column(relation.uniqueId, name);
    const parts = { options, tags, labelsOf, note, columnOf };
    const set = saidNow(facts, parts);
    const heard = this.#sayings.hear({ relation, table: table.fqn, set, includesTags: options.includeTags });
    const update = updateRecord(facts, table.fqn, { ...parts, isOwn, said: isMade ? [] : heard.said });
    const heardMarks = heard.mark ? [heard.mark] : [];
    const dataModel = mayModel ? dataModelOf(facts, table.fqn, { view, tags, labelsOf }) : undefined;
    const records: MetadataRecord[] = [];
    if (constraints && columns) {
      if (columns.length === 0) this.#bare += 1;
      this.#created.set(table.fqn, { isSource: !carriesModel, isListed: facts.catalog !== undefined });
      records.push(...(await this.#containers.above(table.fqn, view.metadata.adapterType)));
      const within = carriesModel ? dataModel : undefined;
      const all = update ? marks : [...marks, ...heardMarks];
      const request = { view, tags, constraints, columns, dataModel: within, isUnbuilt: placed.isUnbuilt, marks: all };
      records.push(tableRecord(facts, table.fqn, request));
    }
    // Before the data model: a server may put the model's tags at the table, and what is patched after that must be read anew for each table.
    if (update) records.push({ ...update, ...(heard.mark && { marks: heardMarks }) });
    if (dataModel && !(isMade && carriesModel))
      records.push(modelRecord(table.fqn, dataModel, view.metadata.generatedAt, marks));
    return [...this.#labels.takeRecords(), ...records];
  }

  /** A model takes over in the same run what a source of another project had made, unless only that one knows the columns. */
  #isOwn({ node, catalog }: RelationFacts, { isOwn, table }: PlacedRelation): boolean {
    const made = this.#created.get(table.fqn);
    if (made === undefined || !isOwn) return isOwn;
    return made.isSource && node !== undefined && (!made.isListed || catalog !== undefined);
  }

  #tagsOf({ tags, node }: RelationFacts, { isUnbuilt }: PlacedRelation): TagLabel[] {
    return [
      ...this.#labels.of(tags),
      ...(node ? this.#labels.properties(node) : []),
      ...(isUnbuilt ? this.#labels.notBuilt() : []),
    ];
  }

  /** One data model a table: that of a node, and of a source only where no node makes the table. */
  #mayModel({ node, relation }: RelationFacts, fqn: FQN): boolean {
    const known = this.#modelled.get(fqn);
    const isSource = node === undefined;
    if (isSource && (known !== undefined || this.#parts.context.marks.get(modelMark(fqn)) !== undefined)) return false;
    if (known?.isSource === false) {
      // Two jobs of a project have the same model: what was read first counts.
      if (known.by === relation.uniqueId) return false;
      this.#parts.context.warn(
        relation.uniqueId,
        `${fqn} is made by another model of this run too; that one's data model is kept`,
      );
      return false;
    }
    this.#modelled.set(fqn, { by: relation.uniqueId, isSource });
    return true;
  }
}
