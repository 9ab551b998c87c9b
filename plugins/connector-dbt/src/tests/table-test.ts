import type { CreateRequest, CreateTestCaseResult, FQN } from "@omd/schema";

/** What is known of a test before it is read: where it lies, and what to read. */
export interface PlacedTest {
  readonly kind: "data" | "freshness" | "unit";
  /** Of the test; of freshness that of the source. */
  readonly uniqueId: string;
  /** Whose columns the test names; undefined when it stands at the table of another relation. */
  readonly relation: string | undefined;
}

/** A test of a table, as the catalog is to have it. */
export interface TableTest {
  readonly uniqueId: string;
  /** Of the test case; unique for the table or column. */
  readonly name: string;
  readonly table: FQN;
  /** As the catalog writes it. */
  readonly column: string | undefined;
  readonly definition: CreateRequest<"testDefinition">;
  readonly description: string | undefined;
  readonly parameterValues: readonly { readonly name: string; readonly value: string }[];
  readonly result: CreateTestCaseResult | undefined;
  /** SQL that finds the rows that fail. */
  readonly sql: string | undefined;
}
