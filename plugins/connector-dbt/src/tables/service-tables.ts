import type { SourceContext } from "@omd/core";
import { childFqn, encodeName, isBelow, type FQN, type Mark } from "@omd/schema";
import { z } from "zod";
import type { DbtOptions } from "../config.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { Relation } from "../project/view.ts";
import { makesMissing } from "./database-service.ts";
import { ExactNames } from "./exact-names.ts";
import type { Filters } from "./filters.ts";
import { isCaseless } from "./identifier-case.ts";
import { defaultLevel, TableIndex, type Found, type KnownTable, type WantedTable } from "./table-index.ts";
import { placeOf } from "./table-requests.ts";

/** A relation of dbt and its table. */
export interface PlacedRelation {
  readonly relation: Relation;
  readonly table: KnownTable;
  /** dbt keeps the whole table: it made it, and nobody else has written it since. */
  readonly isOwn: boolean;
  /** It was made as dbt declares it, and the database has not got it yet. */
  readonly isUnbuilt: boolean;
}

export interface ServiceTablesParts {
  readonly context: SourceContext;
  readonly options: Pick<DbtOptions, "searchAcrossDatabases" | "createMissingTables">;
  readonly filters: Pick<Filters, "leavingOut">;
}

const tableKey = (fqn: FQN): string => `table/${fqn}`;

/** What is known of a table that dbt made. */
const tableMemory = z.object({
  /** Of what was written last. */
  hash: z.string(),
  /** Unique id of the relation that it was made for: others that are the same table leave it alone. */
  by: z.string(),
  /** Whether catalog.json told its columns. */
  listed: z.boolean(),
  /** Whether the database had not got it yet. */
  unbuilt: z.boolean().optional(),
});
type TableMemory = z.infer<typeof tableMemory>;

/** The mark of a table that dbt made. */
export function tableMark(fqn: FQN, memory: TableMemory): Mark {
  return { key: tableKey(fqn), value: JSON.stringify(memory) };
}

function remembered(value: string | undefined): TableMemory | undefined {
  try {
    return tableMemory.safeParse(JSON.parse(value ?? "")).data;
  } catch {
    return undefined;
  }
}

/** Finds the tables of projects in the catalog: one listing of the service for a whole run. */
export class ServiceTables {
  readonly #parts: ServiceTablesParts;
  readonly #makesMissing: boolean;
  readonly #missed = new Set<string>();
  readonly #exact: ExactNames;
  #index: Promise<TableIndex> | undefined;
  #placed = 0;

  constructor(parts: ServiceTablesParts) {
    this.#parts = parts;
    this.#makesMissing = makesMissing(parts.context, parts.options);
    this.#exact = new ExactNames((fqn) => remembered(parts.context.marks.get(tableKey(fqn)))?.by);
  }

  /** Tells the project its tables; those that are missing and not made are warned about. Throws when the catalog cannot be listed. */
  async place(view: OpenProject): Promise<PlacedRelation[]> {
    const index = await this.#listed();
    const wanted = this.#wanted(view).map((relation) => ({ relation, ...this.#find(view, relation, index) }));
    for (const { relation, found } of wanted)
      if (found.kind === "found" && found.isExact) this.#exact.claim(found.table.fqn, relation);
    const others = await this.#elsewhere(wanted);
    const placed: PlacedRelation[] = [];
    for (const { relation, place, found } of wanted) {
      const own = this.#unlessOthers(view, relation, found.kind === "none" ? index.find(place) : found);
      const there = own.kind === "none" ? (others?.find(relation) ?? own) : own;
      const one = this.#placeOne(view, relation, there, index);
      if (one === undefined) continue;
      if (there.kind === "none") this.#exact.claim(one.table.fqn, relation);
      view.setTable(relation.uniqueId, one.table);
      placed.push(one);
    }
    return placed;
  }

  /** By the name that the database has, else by dbt's own. */
  #find(view: OpenProject, relation: Relation, index: TableIndex): { place: WantedTable; found: Found } {
    const place = this.#placeOf(view, relation);
    const found = index.find(place);
    return { place, found: found.kind === "none" && place !== relation ? index.find(relation) : found };
  }

  /** A table whose name differs in case is not this relation's where another is called exactly so. */
  #unlessOthers(view: OpenProject, relation: Relation, found: Found): Found {
    if (found.kind !== "found" || found.isExact) return found;
    const isListed = view.catalog(relation.uniqueId) !== undefined;
    const isOne = !isListed && isCaseless(view.metadata.adapterType);
    return this.#exact.isOthers(found.table.fqn, relation, isOne) ? { kind: "none" } : found;
  }

  #listed(): Promise<TableIndex> {
    const { context } = this.#parts;
    this.#index ??= TableIndex.read(
      context.entities("table", { below: context.service, fields: ["columns", "sourceHash"] }),
    );
    return this.#index;
  }

  /** Relations with a table that pass the filters; models before the sources that may be the same tables, each behind what it is made of. */
  #wanted(view: OpenProject): Relation[] {
    const { context, filters } = this.#parts;
    const kept: Relation[] = [];
    for (const relation of inOrder(view.relations)) {
      if (relation.isEphemeral) continue;
      const pattern = filters.leavingOut(relation);
      if (pattern === undefined) kept.push(relation);
      else context.filtered(shown(relation), `left out by ${pattern}`);
    }
    const isSource = ({ resourceType }: Relation): boolean => resourceType === "source";
    return [...kept.filter((one) => !isSource(one)), ...kept.filter(isSource)];
  }

  /** Tables of all services by the names that this one lacks. */
  async #elsewhere(found: readonly { relation: Relation; found: Found }[]): Promise<TableIndex | undefined> {
    const { context, options } = this.#parts;
    if (!options.searchAcrossDatabases) return undefined;
    const missing = found.filter((one) => one.found.kind === "none").map(({ relation }) => relation.identifier);
    if (missing.length === 0) return undefined;
    const names = new Set(missing.map((name) => encodeName(name).toLowerCase()));
    return TableIndex.read(context.entities("table", { fields: ["columns", "sourceHash"] }), names);
  }

  #placeOne(view: OpenProject, relation: Relation, found: Found, index: TableIndex): PlacedRelation | undefined {
    const { context } = this.#parts;
    if (relation.identifier.trim() === "") {
      this.#miss({ ...relation, identifier: relation.uniqueId }, "it has no name in the database");
      return undefined;
    }
    if (found.kind === "ambiguous") {
      this.#miss(relation, `several tables of the catalog fit: ${found.fqns.join(", ")}`);
      return undefined;
    }
    if (found.kind === "none" && !this.#makesMissing) {
      const nearest = index.nearest(relation);
      const near = nearest.length > 0 ? `; nearest: ${nearest.join(", ")}` : "";
      this.#miss(relation, `the service ${context.serviceName} has no such table, createMissingTables is off${near}`);
      return undefined;
    }
    const fqn = found.kind === "found" ? found.table.fqn : this.#fqnOf(view, relation);
    if (!this.#isSelected(fqn)) return undefined;
    const table = found.kind === "found" ? found.table : index.learn(fqn);
    const isOwn = this.#makesMissing && this.#isOwn(view, relation, table);
    const why = this.#isDeclared(relation, table) ? whyUnbuilt(view, relation) : false;
    if (typeof why === "string") this.#miss(relation, why);
    // A run that lacks a file takes back nothing that another was told.
    const isUnbuilt = why === undefined ? this.#memory(fqn)?.unbuilt === true : why !== false;
    return { relation, table, isOwn, isUnbuilt };
  }

  /** What catalog.json told once is not taken back by a run without it. A model takes over what was made for a source: it makes the table, a source only reads it. */
  #isOwn(view: OpenProject, relation: Relation, { fqn, sourceHash, isCreated }: KnownTable): boolean {
    if (isCreated) return true;
    const { uniqueId, resourceType } = relation;
    const memory = this.#memory(fqn);
    if (memory === undefined || memory.hash !== sourceHash) return false;
    const takesOver = resourceType !== "source" && memory.by.startsWith("source.");
    if (memory.by !== uniqueId && !takesOver) return false;
    return !memory.listed || view.catalog(uniqueId) !== undefined;
  }

  /** Made for this relation, and never told by catalog.json. Whether a processor, or another connector, wrote it otherwise plays no part. */
  #isDeclared({ uniqueId }: Relation, { fqn, isCreated }: KnownTable): boolean {
    const memory = this.#memory(fqn);
    return this.#makesMissing && (isCreated || (memory?.by === uniqueId && !memory.listed));
  }

  #memory(fqn: FQN): TableMemory | undefined {
    return remembered(this.#parts.context.marks.get(tableKey(fqn)));
  }

  /** Throws InvalidNameError. */
  #fqnOf(view: OpenProject, relation: Relation): FQN {
    const { database, schema, identifier } = this.#placeOf(view, relation);
    const names = [database ?? defaultLevel, schema ?? defaultLevel, identifier].map(encodeName);
    return childFqn(this.#parts.context.service, ...names);
  }

  #placeOf(view: OpenProject, relation: Relation): WantedTable {
    const { uniqueId, resourceType } = relation;
    const relationName = (): string | undefined =>
      (resourceType === "source" ? view.load("source", uniqueId) : view.load("node", uniqueId))?.relationName;
    return placeOf(relation, view.catalog(uniqueId), { type: view.metadata.adapterType, relationName });
  }

  #isSelected(fqn: FQN): boolean {
    const { only, limit } = this.#parts.context.selection;
    const isWanted = only.length === 0 || only.some((one) => one === fqn || isBelow(fqn, one));
    if (!isWanted || (limit !== undefined && this.#placed >= limit)) return false;
    this.#placed += 1;
    return true;
  }

  #miss(relation: Relation, reason: string): void {
    const name = shown(relation);
    if (this.#missed.has(name)) return;
    this.#missed.add(name);
    this.#parts.context.warn(name, reason);
  }
}

/**
 * Why the database has not got a relation, by dbt's own words: false where it has, undefined where no file tells. It is in the catalog all the same,
 * as dbt declares it: tests of it may have results.
 */
function whyUnbuilt(view: OpenProject, { uniqueId, resourceType }: Relation): string | false | undefined {
  if (resourceType === "source" || view.catalog(uniqueId) !== undefined) return false;
  const status = view.results.get(uniqueId)?.result.status;
  if (status === undefined) return undefined;
  const why = unbuilt.get(status);
  if (why === undefined) return false;
  return view.hasCatalog ? `its table is not in the database: ${why}, and catalog.json does not have it` : undefined;
}

const failed = "it failed in dbt's last run";
const unbuilt: ReadonlyMap<string, string> = new Map([
  ["error", failed],
  ["runtime error", failed],
  ["skipped", "dbt skipped it"],
]);

/** `database.schema.table` as dbt says it. */
function shown({ database, schema, identifier }: WantedTable): string {
  return [database, schema, identifier].filter((part) => part !== undefined).join(".");
}

/** Each relation behind those that it depends on; in a circle, as the file has them. */
function inOrder(relations: ReadonlyMap<string, Relation>): Relation[] {
  const begun = new Set<string>();
  const ordered: Relation[] = [];
  for (const root of relations.values()) {
    const open = [{ relation: root, next: 0 }];
    if (begun.has(root.uniqueId)) continue;
    begun.add(root.uniqueId);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const above = top.relation.dependsOn[top.next];
      top.next += 1;
      const other = above === undefined ? undefined : relations.get(above);
      if (above === undefined) {
        ordered.push(top.relation);
        open.pop();
      } else if (other && !begun.has(above)) {
        begun.add(above);
        open.push({ relation: other, next: 0 });
      }
    }
  }
  return ordered;
}
