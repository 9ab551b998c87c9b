import type { FQN } from "@omd/schema";
import type { MatchedTable, ProjectView, TestEntry } from "../project/view.ts";
import { basesOf, modelOfUnitTest, ownerOf } from "./owner.ts";
import type { PlacedTest } from "./table-test.ts";

/** All tests of one table. */
export interface TestsOfTable {
  readonly table: MatchedTable;
  readonly tests: PlacedTest[];
}

/** The tests of a project by their tables. */
export interface Placing {
  readonly tables: ReadonlyMap<FQN, TestsOfTable>;
  /** Unique ids of what has no place in the catalog, though the project has it. */
  readonly leftOut: ReadonlySet<string>;
  /** Why, how many, and one of them. */
  readonly reasons: ReadonlyMap<string, { readonly count: number; readonly example: string }>;
}

const noTable = "their tables are not in the catalog, or a filter leaves them out";
const noSingleTable = "they test ephemeral models that are not made of one single table";
const noRelation = "they read no model, seed, snapshot or source of the project";

interface Home {
  readonly table: MatchedTable;
  /** The relation behind the table when it is the tested one itself. */
  readonly relation: string | undefined;
}

/** Finds the table of each test. Which sources have a freshness test is seen when they are read. */
export function placeTests(view: ProjectView): Placing {
  const tables = new Map<FQN, TestsOfTable>();
  const leftOut = new Set<string>();
  const reasons = new Map<string, { count: number; example: string }>();
  const place = (kind: PlacedTest["kind"], uniqueId: string, home: Home | string): void => {
    if (typeof home === "string") {
      leftOut.add(uniqueId);
      // A source is no test: its table is counted where tables are matched.
      if (kind === "freshness") return;
      const reason = reasons.get(home);
      if (reason) reason.count += 1;
      else reasons.set(home, { count: 1, example: uniqueId });
      return;
    }
    const known = tables.get(home.table.fqn);
    const placed = { kind, uniqueId, relation: home.relation };
    if (known) known.tests.push(placed);
    else tables.set(home.table.fqn, { table: home.table, tests: [placed] });
  };
  for (const entry of view.tests.values()) place("data", entry.uniqueId, homeOfTest(view, entry));
  for (const uniqueId of view.ids("unitTest")) place("unit", uniqueId, homeOfUnitTest(view, uniqueId));
  for (const { uniqueId, resourceType } of view.relations.values())
    if (resourceType === "source") place("freshness", uniqueId, homeOf(view, uniqueId, false));
  return { tables, leftOut, reasons };
}

function homeOfTest(view: ProjectView, entry: TestEntry): Home | string {
  const owner = ownerOf(view, entry);
  if (owner === undefined) return noRelation;
  const isSingular = (): boolean => view.load("node", entry.uniqueId)?.test?.name === undefined;
  return homeOf(view, owner, view.relations.get(owner)?.isEphemeral === true && isSingular());
}

function homeOfUnitTest(view: ProjectView, uniqueId: string): Home | string {
  const model = modelOfUnitTest(view, uniqueId);
  return model === undefined ? noRelation : homeOf(view, model, false);
}

/**
 * An ephemeral model has no table: what tests it stands at the table that the model is made of, if that is one; at the `first` of several.
 * Which one that is follows from the project alone, so that a test does not wander with what the catalog has.
 */
function homeOf(view: ProjectView, relation: string, first: boolean): Home | string {
  const bases = basesOf(view, relation);
  const [base] = bases;
  if (base === undefined || (bases.length > 1 && !first)) return noSingleTable;
  const table = view.table(base);
  return table ? { table, relation: base === relation ? relation : undefined } : noTable;
}
