import { describe, expect } from "@jest/globals";
import { childFqn, entityLink, type CreateTestCaseResult, type FQN, type TestResultRecord } from "@omd/schema";
import { addSchema, addTable, freshNames } from "../catalog-fixture.ts";
import { entityRecord, runSink } from "../sink-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

const result = (timestamp: number, more: Partial<CreateTestCaseResult> = {}): CreateTestCaseResult => ({
  timestamp,
  testCaseStatus: "Success",
  testResultValue: [{ name: "not_null", value: "1" }],
  ...more,
});
const results = (testCase: FQN, ...all: CreateTestCaseResult[]): TestResultRecord => ({
  kind: "testResult",
  testCase,
  results: all,
});
const day = { startTs: 0, endTs: 9_000 };

const definition = (name: string) =>
  entityRecord("testDefinition", {
    name,
    entityType: "COLUMN",
    testPlatforms: ["dbt"],
    parameterDefinition: [{ name: "must", dataType: "STRING" }],
  });
const testCase = (name: string, testDefinition: string, table: FQN, more: object = {}) =>
  entityRecord("testCase", { name, testDefinition, entityLink: entityLink("table", table, "columns", "id"), ...more });

/** Test definitions, cases, suites and results. */
export function testRecordTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("tests", () => {
    test("come with their definition before and their results after, and once only", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const table = childFqn(schema, "t");
      const name = `dbt_${names.pipelines}`;
      const fqn = childFqn(table, "id", "not_null_id");
      const failed = result(2000, { testCaseStatus: "Failed", result: "3 rows", failedRows: 3 });
      const records = [
        entityRecord("table", { name: "t", databaseSchema: schema, columns: [{ name: "id", dataType: "INT" }] }),
        definition(name),
        testCase("not_null_id", name, table, {
          description: "no holes",
          parameterValues: [{ name: "must", value: "1" }],
        }),
        results(fqn, result(1000), failed),
      ];
      expect((await runSink(catalog, records)).outcomes).toEqual(["created", "created", "created", "created"]);
      expect(await catalog.testResults(fqn, day)).toMatchObject([
        { timestamp: 2000, testCaseStatus: "Failed", result: "3 rows", failedRows: 3 },
        { timestamp: 1000, testCaseStatus: "Success" },
      ]);
      const second = await runSink(catalog, records);
      expect(second.outcomes).toEqual(["unchanged", "unchanged", "unchanged", "unchanged"]);
      expect(second.writes).toEqual([]);
      const newer = await runSink(catalog, [...records.slice(0, 3), results(fqn, failed, result(3000))]);
      expect(newer.writes).toEqual(["putTestResults"]);
      expect(await catalog.testResults(fqn, day)).toHaveLength(3);
    });

    test("keep the SQL that finds what fails, written when it is another", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const name = `dbt_${names.pipelines}`;
      const fqn = childFqn(table, "id", "c");
      const told = (sql: string) => ({ ...results(fqn, result(1000)), inspectionQuery: sql });
      await runSink(catalog, [definition(name), testCase("c", name, table), told('select 1 -- "ü"')]);
      expect(await catalog.get("testCase", fqn)).toMatchObject({ inspectionQuery: 'select 1 -- "ü"' });
      expect((await runSink(catalog, [told('select 1 -- "ü"')])).writes).toEqual([]);
      const other = await runSink(catalog, [told("select 2")]);
      expect(other).toMatchObject({ outcomes: ["updated"], writes: ["putInspectionQuery"] });
      expect(await catalog.get("testCase", fqn)).toMatchObject({ inspectionQuery: "select 2" });
    });

    test("change in place: parameters follow, descriptions of people stay", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const name = `dbt_${names.pipelines}`;
      const values = (value: string, description: string) =>
        testCase("range", name, table, { description, parameterValues: [{ name: "must", value }] });
      await runSink(catalog, [definition(name), values("1", "first")]);
      expect((await runSink(catalog, [values("2", "second")])).outcomes).toEqual(["updated"]);
      expect(await catalog.get("testCase", childFqn(table, "id", "range"))).toMatchObject({
        description: "first",
        parameterValues: [{ name: "must", value: "2" }],
      });
    });

    test("of one table are listed once, whatever their number", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const name = `dbt_${names.pipelines}`;
      const cases = Array.from({ length: 6 }, (_, at) => testCase(`c${at}`, name, table));
      await runSink(catalog, [definition(name), ...cases]);
      const again = await runSink(catalog, cases);
      expect(again).toMatchObject({ outcomes: cases.map(() => "unchanged"), reads: ["list"], writes: [] });
    });

    test("without definition or table fail by name; results without a case are counted", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const run = await runSink(catalog, [
        testCase("a", "noSuchDefinition", table),
        testCase("b", "noSuchDefinition", childFqn(schema, "none")),
        results(childFqn(table, "id", "a"), result(1)),
      ]);
      expect(run.outcomes).toEqual([
        expect.stringMatching(/^failed: .*not found/),
        expect.stringMatching(/^failed: .*not found/),
        "missing",
      ]);
    });

    test("have suites: of a table by its route, and logical ones", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const suites = [
        entityRecord("testSuite", { name: `${table}.testSuite`, basicEntityReference: table }),
        entityRecord("testSuite", { name: `nightly_${names.pipelines}`, description: "all of dbt" }),
      ];
      expect((await runSink(catalog, suites)).outcomes).toEqual(["created", "created"]);
      expect(await catalog.get("testSuite", childFqn(table, "testSuite"))).toMatchObject({ basic: true });
      expect(await runSink(catalog, suites)).toMatchObject({ outcomes: ["unchanged", "unchanged"], writes: [] });
    });
  });
}
