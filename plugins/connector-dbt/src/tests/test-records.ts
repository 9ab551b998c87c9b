import { failureOf, left, right, type Either, type SourceContext } from "@omd/core";
import {
  entityLink,
  requestFqn,
  type CreateRequest,
  type EntityRecord,
  type FQN,
  type MetadataRecord,
  type TestResultRecord,
} from "@omd/schema";
import type { DbtOptions } from "../config.ts";
import type { ProjectView } from "../project/view.ts";
import { descriptionOf } from "./definitions.ts";
import { placeTests, type Placing } from "./placing.ts";
import { TestReader, type TestNotes } from "./reading.ts";
import type { TableTest } from "./table-test.ts";
import { caseMark, contentOf, definitionKey, resultKey } from "./test-marks.ts";
import type { TestRun } from "./test-run.ts";

export interface TestParts {
  readonly context: SourceContext;
  readonly options: Pick<DbtOptions, "dbtWarningsAs">;
  /** One for all projects of a run; to be ended when all were read. */
  readonly tests: TestRun;
}

/** Tests, unit tests and freshness of one project, table by table: definitions, cases, results. What an earlier run sent is not sent again. */
export async function* testRecords(view: ProjectView, parts: TestParts): AsyncGenerator<Either<MetadataRecord>> {
  const { context, options, tests } = parts;
  const placing = placeTests(view);
  warnLeftOut(view, placing, context);
  const notes = new CountedNotes(context, view.name);
  const reader = new TestReader(view, options.dbtWarningsAs, notes);
  for (const [fqn, { table, tests: placed }] of placing.tables) {
    const batch = new TableBatch(view.home, parts, table.isCreated);
    for (const test of reader.read(fqn, placed)) {
      try {
        await batch.add(test);
      } catch (error) {
        yield left(failureOf(test.uniqueId, error));
      }
    }
    for (const record of batch.records()) yield right(record);
  }
  notes.end();
  tests.endProject(view, placing);
}

function warnLeftOut(view: ProjectView, { reasons }: Placing, context: SourceContext): void {
  for (const [reason, { count, example }] of reasons)
    context.warn(view.name, `${counted(count, "test")} left out, ${example} for one: ${reason}`);
}

/** The records of one table's tests. */
class TableBatch {
  readonly #project: string;
  readonly #parts: TestParts;
  /** Made by this run: nothing that earlier runs sent is there. */
  readonly #isCreated: boolean;
  readonly #definitions: EntityRecord[] = [];
  readonly #cases: EntityRecord[] = [];
  readonly #results: TestResultRecord[] = [];

  constructor(project: string, parts: TestParts, isCreated: boolean) {
    this.#project = project;
    this.#parts = parts;
    this.#isCreated = isCreated;
  }

  records(): MetadataRecord[] {
    return [...this.#definitions, ...this.#cases, ...this.#results];
  }

  /** Throws InvalidNameError when no link to the table can be written. */
  async add(test: TableTest): Promise<void> {
    const { context, tests } = this.#parts;
    const request = caseRequest(test);
    const fqn = requestFqn("testCase", request);
    const count = tests.claim(fqn);
    const result = this.#result(test, fqn, count);
    if (count > 1) {
      if (result) this.#results.push(result);
      return;
    }
    const { uniqueId } = test;
    const mark = caseMark({ project: this.#project, uniqueId, fqn, content: this.#contentOf(request) });
    const isKnown =
      this.#remembers(mark.key, mark.value) && (result === undefined || (await context.known("testCase", fqn)));
    this.#define(test.definition, !isKnown);
    if (!isKnown) this.#cases.push({ kind: "entity", entityType: "testCase", request, marks: [mark] });
    if (result) this.#results.push(result);
  }

  /** `anyway`: its case is sent, be it because the catalog lost what it had. */
  #define(request: CreateRequest<"testDefinition">, anyway: boolean): void {
    const mark = { key: definitionKey(request.name), value: this.#contentOf(request) };
    if (!anyway && this.#remembers(mark.key, mark.value)) return;
    if (!this.#parts.tests.claimsDefinition(request.name)) return;
    this.#definitions.push({ kind: "entity", entityType: "testDefinition", request, marks: [mark] });
  }

  #result({ result, sql }: TableTest, testCase: FQN, count: number): TestResultRecord | undefined {
    if (!result) return undefined;
    const mark = { key: resultKey(testCase, count), value: this.#contentOf([result, sql]) };
    if (this.#remembers(mark.key, mark.value)) return undefined;
    return {
      kind: "testResult",
      testCase,
      results: [result],
      ...(sql !== undefined && { inspectionQuery: sql }),
      marks: [mark],
    };
  }

  /** With what else decides how it is written. */
  #contentOf(value: unknown): string {
    return contentOf([value, this.#parts.context.fingerprint]);
  }

  #remembers(key: string, value: string): boolean {
    return !this.#isCreated && this.#parts.context.marks.get(key) === value;
  }
}

function caseRequest(test: TableTest): CreateRequest<"testCase"> {
  const { name, table, column, definition, description, parameterValues } = test;
  return {
    name,
    ...descriptionOf(description),
    testDefinition: definition.name,
    entityLink: column === undefined ? entityLink("table", table) : entityLink("table", table, "columns", column),
    ...(parameterValues.length > 0 && { parameterValues: [...parameterValues] }),
  };
}

/** Says each kind of thing once, with its number. */
class CountedNotes implements TestNotes {
  readonly #context: SourceContext;
  readonly #project: string;
  readonly #columns = new Set<string>();
  readonly #lacking = new Map<string, { count: number; example: string }>();
  readonly #longSql: string[] = [];
  #mostSql = 0;

  constructor(context: SourceContext, project: string) {
    this.#context = context;
    this.#project = project;
  }

  missingColumn(table: FQN, column: string): void {
    const key = `${table} ${column}`;
    if (this.#columns.has(key)) return;
    this.#columns.add(key);
    this.#context.warn(
      table,
      `dbt tests its column ${column}, which the catalog does not have: the tests stand at the table`,
    );
  }

  unusable(lack: "status" | "time", uniqueId: string): void {
    const known = this.#lacking.get(lack);
    if (known) known.count += 1;
    else this.#lacking.set(lack, { count: 1, example: uniqueId });
  }

  longSql(uniqueId: string, most: number): void {
    this.#longSql.push(uniqueId);
    this.#mostSql = most;
  }

  end(): void {
    const [long] = this.#longSql;
    if (long !== undefined)
      this.#context.warn(
        this.#project,
        `the SQL of ${this.#longSql.length === 1 ? "1 test" : `${this.#longSql.length} tests`} is left out, of ${long} for one: it has more than ${this.#mostSql.toLocaleString("en")} characters`,
      );
    for (const [lack, { count, example }] of this.#lacking) {
      const why = lack === "time" ? "they do not say when the test ran" : "their status is not known";
      this.#context.warn(this.#project, `${counted(count, "result")} left out, of ${example} for one: ${why}`);
    }
  }
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what} is` : `${count} ${what}s are`;
}
