import type { DialectRules } from "./dialect.ts";
import type { Rowset } from "./rowset.ts";
import type { Relation, Scope } from "./scope.ts";

export interface Problem {
  readonly reason: "ambiguous-column" | "star-without-schema" | "unsupported-clause";
  readonly message: string;
}

export const hiddenByStar: Problem = {
  reason: "star-without-schema",
  message: "a star hides columns: those of its table or struct are not known",
};

export const unreadChoice: Problem = {
  reason: "unsupported-clause",
  message: "columns(…) is read only where it stands alone, with a pattern, a list of names or a star",
};

/** What one statement's reading knows of its surroundings, and what it finds. */
export interface Reading {
  readonly rules: DialectRules;
  /** Columns of a table, where its schema is known. */
  readonly columnsOf: (table: readonly string[]) => readonly string[] | undefined;
  /** Completes a table's name with the defaults. */
  readonly complete: (table: readonly string[]) => readonly string[];
  readonly inputs: Map<string, readonly string[]>;
  problems: Problem[];
  /** A name was taken for a column of a table whose columns could tell that it is of another. */
  doubts: boolean;
  /** Expressions hold queries, which hold tables, which hold expressions: each reader asks here for the others. */
  readonly query: (query: unknown, outer: Scope | undefined, reading: Reading) => Rowset;
  readonly relation: (item: unknown, scope: Scope, reading: Reading) => Relation;
}

/** What chooses rows gives tables, and no doubts about columns. */
export function withoutProblems(reading: Reading, read: () => unknown): void {
  const { problems, doubts } = reading;
  reading.problems = [];
  read();
  Object.assign(reading, { problems, doubts });
}

/** Is an unknown column behind a star that was not expanded? */
export function isOpen(rowset: Rowset): boolean {
  return rowset.rests.some((rest) => !rest.named);
}
