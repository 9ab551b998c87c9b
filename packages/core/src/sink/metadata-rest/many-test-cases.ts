import type { FQN } from "@omd/schema";
import type { Catalog } from "../../contracts/index.ts";
import { knownOf, tableOf, testCaseFields, type KnownEntity, type Listing } from "./known-entity.ts";

/** So many tables are asked for their test cases one by one; then all test cases are listed. */
const tablesAlone = 20;
/** Most test cases that are held; a server with more is asked table by table. */
const mostCases = 10_000;

/** By table. */
type Tables = Map<FQN, Listing>;

/** Test cases of all tables from one listing: a server gives those of one table, or all that it has. In a file a table is asked for at no cost. */
export class ManyTestCases {
  readonly #catalog: Pick<Catalog, "kind" | "list">;
  #asked = 0;
  #tables: Promise<Tables | undefined> | undefined;

  constructor(catalog: Pick<Catalog, "kind" | "list">) {
    this.#catalog = catalog;
  }

  /** Those of a table; undefined when it must be listed by itself. */
  async of(table: FQN): Promise<Listing | undefined> {
    if (this.#catalog.kind !== "rest") return undefined;
    this.#asked += 1;
    if (this.#asked <= tablesAlone) return undefined;
    // One that fails is no failure: each table can still be asked for.
    this.#tables ??= this.#read().catch(() => undefined);
    const tables = await this.#tables;
    return tables && listingOf(tables, table);
  }

  /** Told after a write. */
  async learn(testCase: FQN, entity: KnownEntity): Promise<void> {
    const table = tableOf(testCase);
    const tables = await this.#tables;
    if (tables && table !== undefined) listingOf(tables, table).set(testCase, entity);
  }

  async #read(): Promise<Tables | undefined> {
    const tables: Tables = new Map();
    let count = 0;
    for await (const entity of this.#catalog.list("testCase", { include: "all", fields: testCaseFields })) {
      count += 1;
      if (count > mostCases) return undefined;
      const table = tableOf(entity.fullyQualifiedName);
      if (table !== undefined) listingOf(tables, table).set(entity.fullyQualifiedName, knownOf("testCase", entity));
    }
    return tables;
  }
}

function listingOf(tables: Tables, table: FQN): Listing {
  const known = tables.get(table);
  if (known) return known;
  const listing: Listing = new Map();
  tables.set(table, listing);
  return listing;
}
