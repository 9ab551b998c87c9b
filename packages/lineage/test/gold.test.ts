import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { createSqlLineage, type SqlLineage, type SqlLineageAnswer } from "../src/index.ts";

interface GoldQuery {
  readonly name: string;
  readonly sql: string;
  readonly schema?: Readonly<Record<string, readonly string[]>>;
  readonly defaults?: { readonly database?: string; readonly schema?: string };
  readonly inputs: readonly string[];
  readonly output?: string;
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Why it is a miss: written down when it is understood. */
  readonly known?: string;
}

interface Outcome {
  readonly title: string;
  readonly known: string | undefined;
  readonly expected: unknown;
  readonly answered: unknown;
}

const folder = fileURLToPath(new URL("./gold/", import.meta.url));
const sorted = (names: readonly string[]): readonly string[] => [...names].sort();
const title = (dialect: string, query: GoldQuery): string => `${dialect}: ${query.name}`;

const queries = readdirSync(folder).flatMap((file) => {
  const dialect = file.replace(".yaml", "");
  return (parse(readFileSync(`${folder}${file}`, "utf8")) as readonly GoldQuery[]).map((query) => ({ dialect, query }));
});

function expected({ inputs, output, columns }: GoldQuery): unknown {
  const pairs = Object.entries(columns).map(([to, from]) => `${to} <- ${sorted(from).join(", ")}`);
  return { inputs: sorted(inputs), output, columns: sorted(pairs), failure: undefined };
}

function answered({ tables, columns, failure }: SqlLineageAnswer): unknown {
  const pairs = columns.map(({ to, from }) => {
    return `${to} <- ${sorted(from.map(({ table, column }) => [...table, column].join("."))).join(", ")}`;
  });
  const inputs = sorted(tables.inputs.map((table) => table.join(".")));
  return { inputs, output: tables.output?.join("."), columns: sorted(pairs), failure };
}

describe("hand-checked column lineage", () => {
  let lineage: SqlLineage;
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    lineage = createSqlLineage();
    outcomes = await Promise.all(
      queries.map(async ({ dialect, query }) => {
        const { sql, schema = {}, defaults = {} } = query;
        const answer = await lineage.lineageOf({ sql, dialect, defaults, schema: (table) => schema[table.join(".")] });
        return {
          title: title(dialect, query),
          known: query.known,
          expected: expected(query),
          answered: answered(answer),
        };
      }),
    );
  });
  afterAll(() => lineage.close());

  const isExact = (outcome: Outcome): boolean => {
    return JSON.stringify(outcome.expected) === JSON.stringify(outcome.answered);
  };

  it("has at least 60 queries, of seven dialects", () => {
    expect(queries.length).toBeGreaterThanOrEqual(60);
    expect(new Set(queries.map(({ dialect }) => dialect)).size).toBe(7);
    expect(new Set(queries.map(({ dialect, query }) => title(dialect, query))).size).toBe(queries.length);
  });

  it("is exact for at least 95 of 100", () => {
    const misses = outcomes.filter((outcome) => !isExact(outcome));
    process.stdout.write(`${String(outcomes.length - misses.length)} of ${String(outcomes.length)} queries exact\n`);
    for (const miss of misses) process.stdout.write(`  miss: ${miss.title}: ${miss.known ?? "not understood"}\n`);
    expect((outcomes.length - misses.length) / outcomes.length).toBeGreaterThanOrEqual(0.95);
  });

  it("misses only what is written down, and nothing is written down that is exact", () => {
    const surprises = outcomes.filter((outcome) => outcome.known === undefined && !isExact(outcome));
    expect(surprises.map((outcome) => outcome.answered)).toEqual(surprises.map((outcome) => outcome.expected));
    expect(outcomes.filter((outcome) => outcome.known !== undefined && isExact(outcome))).toEqual([]);
  });
});
