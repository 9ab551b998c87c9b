import { namePattern, type EntityType } from "@omd/schema";
import { z } from "zod";
import { locateIssues } from "../config/index.ts";
import type { Ledger, Processor, ScopeOptions } from "../contracts/index.ts";
import { createProcessors } from "../processors/index.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** What the patterns of OpenMetadata's source configs are held against. */
const filtered: Readonly<Record<string, EntityType>> = {
  pipelineFilterPattern: "pipeline",
  databaseFilterPattern: "database",
  schemaFilterPattern: "databaseSchema",
  tableFilterPattern: "table",
  storedProcedureFilterPattern: "storedProcedure",
  topicFilterPattern: "topic",
  dashboardFilterPattern: "dashboard",
  chartFilterPattern: "chart",
  dataModelFilterPattern: "dashboardDataModel",
  mlModelFilterPattern: "mlmodel",
  containerFilterPattern: "container",
  searchIndexFilterPattern: "searchIndex",
  apiCollectionFilterPattern: "apiCollection",
  apiEndpointFilterPattern: "apiEndpoint",
  directoryFilterPattern: "directory",
  fileFilterPattern: "file",
  spreadsheetFilterPattern: "spreadsheet",
  worksheetFilterPattern: "worksheet",
};

const kept: Readonly<Partial<Record<EntityType, string>>> = {
  pipeline: "markDeletedPipelines",
  database: "markDeletedDatabases",
  databaseSchema: "markDeletedSchemas",
  table: "markDeletedTables",
  storedProcedure: "markDeletedStoredProcedures",
  topic: "markDeletedTopics",
  dashboard: "markDeletedDashboards",
  dashboardDataModel: "markDeletedDataModels",
  mlmodel: "markDeletedMlModels",
  container: "markDeletedContainers",
  searchIndex: "markDeletedSearchIndexes",
  apiCollection: "markDeletedApiCollections",
};

/** Read by the core of every source, whatever the source does. */
const always = ["type", "overrideMetadata", "lineageInformation", "useFqnForFiltering"];

const pattern = z.strictObject({
  includes: z.array(namePattern).optional(),
  excludes: z.array(namePattern).optional(),
});
const schema = z.looseObject({
  ...Object.fromEntries(Object.keys(filtered).map((key) => [key, pattern.optional()])),
  ...Object.fromEntries(Object.values(kept).map((key) => [key, z.boolean().optional()])),
  useFqnForFiltering: z.boolean().optional(),
});

type Options = Readonly<Record<string, unknown>>;

/**
 * `sourceConfig.config` of a source that checks it by no schema, as most of one's own do: names are filtered and deletes left undone as it
 * says, unless the source looks at that key itself. What nobody has read is told.
 */
export class HeldOptions {
  readonly #given: Options;
  readonly #read = new Set(always);
  /** Filters of the keys that the source leaves to the core. */
  readonly processors: readonly Processor[];

  /** Throws ConfigError for patterns that are none. */
  constructor({ config, resolved }: Pick<WorkflowParts, "config" | "resolved">) {
    this.#given = config.source.sourceConfig.config;
    if (resolved.sourceClass.configSchemas?.options !== undefined) this.takeAll();
    const parsed = schema.safeParse(this.#takenAll ? {} : this.#given);
    if (!parsed.success)
      throw locateIssues(config, ["source", "sourceConfig", "config"], parsed.error, schema) ?? parsed.error;
    this.processors = Object.entries(filtered).flatMap(([key, entityType]) => this.#filter(key, entityType));
  }

  get #takenAll(): boolean {
    return Object.keys(this.#given).every((key) => this.#read.has(key));
  }

  /** The options as the source gets them: a key that it looks at is its own. */
  get options(): Options {
    return new Proxy(this.#given, {
      get: (given, key) => {
        if (typeof key === "string") this.#read.add(key);
        return Reflect.get(given, key) as unknown;
      },
    });
  }

  /** The patterns that the core holds at the start: what was left out by others is to be read anew. Undefined when there are none. */
  get patterns(): Options | undefined {
    const held = Object.entries(this.#given).filter(([key]) => key in filtered && !this.#read.has(key));
    return held.length === 0 ? undefined : Object.fromEntries(held);
  }

  /** The source checks them by a schema. */
  takeAll(): void {
    for (const key of Object.keys(this.#given)) this.#read.add(key);
  }

  /** The ledger as the source gets it: a scope deletes nothing of a type that is to be kept. */
  ledger(ledger: Ledger): Ledger {
    return { open: (name, options) => ledger.open(name, this.#withoutKept(options)) };
  }

  /** Keys that neither the core nor the source has read. */
  unread(): readonly string[] {
    const held = new Set([...this.#read, ...Object.keys(filtered), ...Object.values(kept)]);
    return Object.keys(this.#given).filter((key) => !held.has(key));
  }

  #filter(key: string, entityType: EntityType): readonly Processor[] {
    const patterns = this.#given[key];
    if (patterns === undefined || this.#read.has(key)) return [];
    const on = this.#given["useFqnForFiltering"] === true ? "fqn" : "name";
    return createProcessors([{ type: "filter", entityType, on, ...(patterns as object) }]).map((filter) => ({
      ...filter,
      run: (record) => (this.#read.has(key) ? { right: record } : filter.run(record)),
    }));
  }

  #withoutKept(options: ScopeOptions = {}): ScopeOptions {
    const key = options.deletes && kept[options.deletes.entityType];
    if (key === undefined || this.#given[key] !== false || this.#read.has(key)) return options;
    const { deletes: _kept, ...others } = options;
    return others;
  }
}
