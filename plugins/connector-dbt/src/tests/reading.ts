import { InvalidNameError, entityLink, type CreateTestCaseResult, type FQN } from "@omd/schema";
import type { ManifestNode } from "../artifacts/shapes.ts";
import type { ProjectView } from "../project/view.ts";
import {
  definitionOf,
  freshnessDefinition,
  freshnessName,
  freshnessParameters,
  parametersOf,
  unitTestDefinition,
} from "./definitions.ts";
import { freshnessResultOf, resultOf, type Lack, type WarningsAs } from "./results.ts";
import type { PlacedTest, TableTest } from "./table-test.ts";
import { apart, testName } from "./test-names.ts";

/** Statements longer than this, in characters, are not stored with a test. */
const maxSql = 100_000;

/** What is said about tests that could not be taken as they are. */
export interface TestNotes {
  /** A column that a test names and the table lacks. */
  missingColumn(table: FQN, column: string): void;
  /** A result that says no time, or has a status that is not known. */
  unusable(lack: Lack, uniqueId: string): void;
  /** A statement of more than `most` characters, which is not stored. */
  longSql(uniqueId: string, most: number): void;
}

/** Reads the tests of one table back from the project, in the order of their ids; each has a name of its own at its place. */
export class TestReader {
  readonly #view: ProjectView;
  readonly #warningsAs: WarningsAs;
  readonly #notes: TestNotes;

  constructor(view: ProjectView, warningsAs: WarningsAs, notes: TestNotes) {
    this.#view = view;
    this.#warningsAs = warningsAs;
    this.#notes = notes;
  }

  read(table: FQN, placed: readonly PlacedTest[]): TableTest[] {
    const taken = new Set<string>();
    return placed
      .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
      .flatMap((one) => this.#one(table, one) ?? [])
      .map((test) => {
        const at = (name: string): string => `${test.column ?? ""} ${name}`;
        const name = taken.has(at(test.name)) ? apart(test.name, test.uniqueId) : test.name;
        taken.add(at(name));
        return name === test.name ? test : { ...test, name };
      });
  }

  #one(table: FQN, placed: PlacedTest): TableTest | undefined {
    if (placed.kind === "data") return this.#data(table, placed);
    return placed.kind === "unit" ? this.#unit(table, placed) : this.#freshness(table, placed);
  }

  #data(table: FQN, { uniqueId, relation }: PlacedTest): TableTest | undefined {
    const node = this.#view.load("node", uniqueId);
    if (!node) return undefined;
    const column = this.#column(table, relation, node);
    const parameterValues = parametersOf(node);
    return {
      uniqueId,
      name: testName(node.name),
      table,
      column,
      definition: definitionOf(node, parameterValues, column !== undefined),
      description: node.description,
      parameterValues,
      result: this.#result(uniqueId, countsRows(node)),
      sql: this.#statement(uniqueId, node.compiledCode ?? this.#view.results.get(uniqueId)?.result.compiledCode),
    };
  }

  #unit(table: FQN, { uniqueId }: PlacedTest): TableTest | undefined {
    const test = this.#view.load("unitTest", uniqueId);
    return (
      test && {
        uniqueId,
        name: testName(test.name),
        table,
        column: undefined,
        definition: unitTestDefinition,
        description: test.description,
        parameterValues: [],
        result: this.#result(uniqueId, true),
        sql: this.#statement(uniqueId, this.#view.results.get(uniqueId)?.result.compiledCode),
      }
    );
  }

  /** Sources with limits of their age, and those whose age dbt has looked at. */
  #freshness(table: FQN, { uniqueId }: PlacedTest): TableTest | undefined {
    const source = this.#view.load("source", uniqueId);
    const found = this.#view.freshness.get(uniqueId);
    if (!source || (!found && !source.warnAfter && !source.errorAfter)) return undefined;
    const limits = source.warnAfter || source.errorAfter ? source : found;
    return {
      uniqueId,
      name: freshnessName(source),
      table,
      column: undefined,
      definition: freshnessDefinition(source),
      description: undefined,
      parameterValues: limits ? freshnessParameters(limits) : [],
      result: found && this.#usable(uniqueId, freshnessResultOf(found, this.#warningsAs)),
      sql: undefined,
    };
  }

  #result(uniqueId: string, rows: boolean): CreateTestCaseResult | undefined {
    const found = this.#view.results.get(uniqueId);
    return found && this.#usable(uniqueId, resultOf(found, rows, this.#warningsAs));
  }

  #usable(uniqueId: string, result: CreateTestCaseResult | Lack | undefined): CreateTestCaseResult | undefined {
    if (typeof result !== "string") return result;
    this.#notes.unusable(result, uniqueId);
    return undefined;
  }

  #statement(uniqueId: string, sql: string | undefined): string | undefined {
    const text = sql?.trim() ?? "";
    if (text.length > maxSql) this.#notes.longSql(uniqueId, maxSql);
    return text === "" || text.length > maxSql ? undefined : text;
  }

  /** The column as the catalog has it; undefined for expressions, which a model's test may be given in place of a column. */
  #column(table: FQN, relation: string | undefined, { test }: ManifestNode): string | undefined {
    const named = test?.columnName ?? test?.kwargs["column_name"];
    if (relation === undefined || typeof named !== "string" || named === "") return undefined;
    const bare = /^(["'`]).*\1$/su.test(named) ? named.slice(1, -1) : named;
    const found = this.#view.column(relation, named) ?? this.#view.column(relation, bare);
    if (found !== undefined && isLinkable(table, found)) return found;
    if (bare !== named || /^[\w$]+$/u.test(named)) this.#notes.missingColumn(table, bare);
    return undefined;
  }
}

/** Data tests first: they keep their names when a unit test has the same. */
function order({ kind, uniqueId }: PlacedTest): string {
  return `${kind === "data" ? 0 : 1} ${uniqueId}`;
}

/** Links have no way to write some characters. */
function isLinkable(table: FQN, column: string): boolean {
  try {
    return entityLink("table", table, "columns", column) !== "";
  } catch (error) {
    if (error instanceof InvalidNameError) return false;
    throw error;
  }
}

/** A test may count something else than the rows that it finds. */
function countsRows({ config }: ManifestNode): boolean {
  const { fail_calc: counted } = config;
  return counted === undefined || counted === null || counted === "count(*)";
}
