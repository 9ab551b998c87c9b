import {
  failureOf,
  left,
  right,
  type ConfigSchemas,
  type Either,
  type Scope,
  type Source,
  type SourceConfig,
  type SourceContext,
  type TestStep,
} from "@omd/core";
import type { Mark, MetadataRecord } from "@omd/schema";
import { dbtOptions, type DbtOptions } from "./config.ts";
import { beginGraph, GraphRun } from "./graph/index.ts";
import { openProjects } from "./places/open.ts";
import type { Project } from "./places/project.ts";
import { Homes } from "./project/homes.ts";
import type { OpenProject } from "./project/open-project.ts";
import { readProject, reasonOf } from "./project/read-project.ts";
import { findService, makesMissing } from "./tables/database-service.ts";
import { filtersOf, type Filters } from "./tables/filters.ts";
import { Labels } from "./tables/labels.ts";
import { Owners } from "./tables/owners.ts";
import { TableRecords } from "./tables/table-records.ts";
import { testRecords } from "./tests/test-records.ts";
import { TestRun } from "./tests/test-run.ts";

/** Tables, tests and lineage of dbt projects, from the artifacts that dbt leaves. */
export class DbtSource implements Source {
  static readonly configSchemas: ConfigSchemas = { options: dbtOptions };
  readonly name = "dbt";
  readonly #context: SourceContext;
  readonly #options: DbtOptions;
  readonly #filters: Filters;
  #projects: readonly Project[] | undefined;
  #view: OpenProject | undefined;
  #graph: GraphRun | undefined;

  private constructor(context: SourceContext, options: DbtOptions) {
    this.#context = context;
    this.#options = options;
    this.#filters = filtersOf(options);
  }

  /** Throws OMD_CONFIG for options that cannot be used. */
  static create(config: SourceConfig, context: SourceContext): DbtSource {
    return new DbtSource(context, config.parseOptions<DbtOptions>(dbtOptions));
  }

  testConnection(): readonly TestStep[] {
    return [
      {
        name: "GetArtifacts",
        description: "Looks for the artifacts of dbt.",
        mandatory: true,
        run: async () => {
          // Not looked for again by the run: a bucket may be large.
          this.#projects = await this.#found();
          for (const project of this.#projects) await project.reach?.();
          return this.#projects.map(({ name }) => name).join(", ");
        },
      },
      {
        name: "GetService",
        description: "Looks for the database service that the tables are in.",
        mandatory: true,
        run: () => findService(this.#context, this.#options),
      },
    ];
  }

  async *iter(): AsyncGenerator<Either<MetadataRecord>> {
    const { ledger, target } = this.#context;
    const { includeProjectPipeline } = this.#options;
    const parts = { context: this.#context, options: this.#options, filters: this.#filters };
    const shared = { labels: new Labels(parts), owners: new Owners(this.#context) };
    const tables = new TableRecords({ ...parts, ...shared });
    const graph = new GraphRun({ ...parts, ...shared });
    this.#graph = graph;
    const tests = { context: this.#context, options: this.#options, tests: new TestRun(this.#context) };
    const graphs = {
      run: graph,
      createsEntities: makesMissing(this.#context, this.#options),
      drawsPipeline: includeProjectPipeline ?? target !== "rest",
    };
    const names = new Set<string>();
    const homes = new Homes(this.#context.marks);
    for (const project of this.#projects ?? (await this.#found())) {
      const scope = ledger.open(`dbt/${unlike(names, project.name)}`);
      const view = await this.#read(project, scope);
      if ("error" in view) {
        graph.incomplete();
        tests.tests.incomplete(`${project.name} could not be read`);
        const file = project.artifacts()[0]?.file ?? project.name;
        yield left({ ...failureOf(file, view.error), error: reasonOf(view.error, file) });
        continue;
      }
      this.#view = view;
      try {
        const marks = homes.settle(view);
        const sql = graph.sqlOf(view);
        const ofTables = tables.of(view, scope, (relation, text) => sql.foresee(relation, text));
        for await (const item of ofTables) yield carrying(marks, item);
        const ofGraph = await beginGraph(view, { ...graphs, sql });
        for await (const item of testRecords(view, tests)) yield carrying(marks, item);
        for await (const item of ofGraph) yield carrying(marks, item);
      } finally {
        view.close();
      }
      scope.complete();
    }
    tests.tests.end();
    yield* graph.end();
  }

  async close(): Promise<void> {
    this.#view?.close();
    await this.#graph?.close();
  }

  async #found(): Promise<Project[]> {
    const found: Project[] = [];
    for await (const project of openProjects(this.#options.dbtConfigSource, this.#context)) found.push(project);
    return found;
  }

  /** A manifest that cannot be read is a failure of its project alone. */
  async #read(project: Project, scope: Scope): Promise<OpenProject | { readonly error: unknown }> {
    try {
      return await readProject(project, { context: this.#context, gap: (reason) => scope.gap(reason) });
    } catch (error) {
      if (this.#context.signal.aborted) throw error;
      scope.fail(reasonOf(error, project.name));
      return { error };
    }
  }
}

/** The first record takes the marks. */
function carrying(marks: Mark[], item: Either<MetadataRecord>): Either<MetadataRecord> {
  if (item.right === undefined || marks.length === 0) return item;
  return right({ ...item.right, marks: [...(item.right.marks ?? []), ...marks.splice(0)] });
}

/** The name, or with a number where it was met before. */
function unlike(names: Set<string>, name: string): string {
  let other = name;
  for (let count = 2; names.has(other); count += 1) other = `${name} (${count})`;
  names.add(other);
  return other;
}
