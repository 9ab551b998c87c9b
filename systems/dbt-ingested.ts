import { join } from "node:path";
import { encodeName, fqnOf } from "@omd/schema";
import { addCurated, ServedCatalog } from "./dbt-catalog.ts";
import { Expected, type DbtNode } from "./dbt-expected.ts";
import { dbtDirectory, DbtPlace, type DbtRun } from "./dbt-place.ts";
import { ExportedCatalog, type ExportedLine } from "./exported-catalog.ts";
import type { OmdResult } from "./omd.ts";
import { startOmdServe } from "./served-omd.ts";

/** The artifacts of a dbt run, read into an embedded catalog that people had worked in before. */
export class IngestedRun {
  readonly place = new DbtPlace();
  readonly expected: Expected;
  readonly result: OmdResult;
  readonly exported: string;
  readonly catalog: ExportedCatalog;
  readonly tables: ReadonlyMap<string, ExportedLine>;

  private constructor(run: DbtRun, place: DbtPlace, result: OmdResult, exported: string) {
    this.place = place;
    this.expected = new Expected(run);
    this.result = result;
    this.exported = exported;
    this.catalog = new ExportedCatalog(exported);
    this.tables = this.catalog.entities("table");
  }

  static async of(run: DbtRun): Promise<IngestedRun> {
    const place = new DbtPlace();
    const served = await startOmdServe(place.home);
    await addCurated(new ServedCatalog(served.url));
    await served.stop();
    place.lay(join(dbtDirectory(run), "artifacts"));
    place.configure();
    const result = await place.ingest();
    return new IngestedRun(run, place, result, await place.exportCatalog());
  }

  /** A table by its name in the database. */
  named(name: string): ExportedLine | undefined {
    return [...this.tables.values()].find((table) => table["name"] === name);
  }

  /** FQN of a column of such a table. */
  column(table: string, name: string): string {
    return `${String(this.named(table)?.fullyQualifiedName)}.${fqnOf(encodeName(name))}`;
  }

  /** Nodes whose table is really in the database, by its FQN. */
  get built(): readonly (readonly [string, DbtNode])[] {
    return [...this.expected.relations].filter(([fqn]) => this.expected.tables.has(fqn));
  }
}

/** The newest result of each test case by its FQN. */
export function newestResults(catalog: ExportedCatalog): ReadonlyMap<string, Record<string, unknown>> {
  const lines = catalog.ofKind("series").filter((line) => line["extension"] === "testCase.testCaseResult");
  return new Map(
    lines
      .toSorted((a, b) => Number(a["timestamp"]) - Number(b["timestamp"]))
      .map((line) => [String(line.fullyQualifiedName), line["value"] as Record<string, unknown>]),
  );
}
