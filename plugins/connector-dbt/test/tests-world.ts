import type { OwnedEntities, ScopeOptions, SourceContext } from "@omd/core";
import {
  fqnOf,
  requestFqn,
  type CreateRequest,
  type FQN,
  type MetadataRecord,
  type TestResultRecord,
} from "@omd/schema";
import type { ArtifactKind, Artifact } from "../src/places/project.ts";
import { projectOf } from "../src/places/project.ts";
import type { OpenProject } from "../src/project/open-project.ts";
import { Homes } from "../src/project/homes.ts";
import { readProject } from "../src/project/read-project.ts";
import { testRecords } from "../src/tests/test-records.ts";
import { TestRun } from "../src/tests/test-run.ts";
import { stream } from "./bytes.ts";

export type Files = Partial<Record<ArtifactKind, string | Uint8Array>>;

export interface RunOptions {
  readonly dbtWarningsAs?: "Failed" | "Success";
  readonly selection?: SourceContext["selection"];
  /** Unique ids whose table the catalog does not have. */
  readonly without?: readonly string[];
  /** Columns that a table lacks, by unique id. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  /** Tables that this run makes. */
  readonly created?: boolean;
  /** A project whose artifacts are broken. */
  readonly broken?: boolean;
}

/** What stays from run to run: marks, and the test cases of the catalog. */
export class TestsWorld {
  readonly marks = new Map<string, string>();
  readonly cases = new Set<string>();
  /** Of the runs that come. */
  fingerprint = "plain";

  /** Reads the projects and writes all that comes, as a sink that confirms all; then retires as the core does. */
  async run(projects: readonly Files[], options: RunOptions = {}): Promise<TestsOfRun> {
    const run = new TestsOfRun(this, options);
    const tests = new TestRun(run.context);
    const homes = new Homes(run.context.marks);
    for (const files of projects) {
      const view = await openView(files, options);
      for (const { key, value } of homes.settle(view)) this.marks.set(key, value);
      const parts = {
        context: run.context,
        options: { dbtWarningsAs: options.dbtWarningsAs ?? "Failed" },
        tests,
      } as const;
      for await (const { left, right } of testRecords(view, parts)) {
        if (left) run.failures.push(`${left.name}: ${left.error}`);
        if (right) run.records.push(right);
      }
      view.close();
    }
    tests.end();
    for (const record of run.records) this.#write(record);
    run.retire();
    return run;
  }

  #write(record: MetadataRecord): void {
    if (record.kind === "entity" && record.entityType === "testCase")
      this.cases.add(requestFqn("testCase", record.request));
    for (const { key, value } of record.marks ?? []) this.marks.set(key, value);
  }
}

/** One run and all that came of it. */
export class TestsOfRun {
  readonly records: MetadataRecord[] = [];
  readonly failures: string[] = [];
  readonly warnings: string[] = [];
  readonly retired: FQN[] = [];
  /** Of what the guard counts a share. */
  readonly owned: FQN[] = [];
  readonly context: SourceContext;
  readonly #world: TestsWorld;
  readonly #seen = new Set<string>();
  readonly #gaps: string[] = [];
  #owned: OwnedEntities | undefined;

  constructor(world: TestsWorld, { selection }: RunOptions) {
    this.#world = world;
    const silent = (): void => undefined;
    this.context = {
      service: fqnOf("wh"),
      selection: selection ?? { only: [] },
      ledger: {
        open: (name: string, options?: ScopeOptions) => {
          this.#owned = options?.deletes?.owned;
          return {
            name,
            state: "open",
            saw: (fqn: FQN) => void this.#seen.add(fqn),
            gap: (reason: string) => void this.#gaps.push(reason),
            complete: silent,
            fail: silent,
            announced: silent,
            received: silent,
          };
        },
      },
      fingerprint: world.fingerprint,
      marks: {
        get: (key: string) => world.marks.get(key),
        withPrefix: (prefix: string) =>
          [...world.marks].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => ({ key, value })),
        forget: (key: string) => void world.marks.delete(key),
      },
      known: (_type: string, fqn: FQN) => Promise.resolve(world.cases.has(fqn)),
      warn: (name: string, reason: string) => void this.warnings.push(`${name}: ${reason}`),
    } as unknown as SourceContext;
  }

  retire(): void {
    if (this.#gaps.length > 0) return;
    this.owned.push(...(this.#owned?.fqns() ?? []));
    for (const fqn of this.owned) if (!this.#seen.has(fqn)) this.retired.push(fqn);
    for (const fqn of this.retired) {
      this.#world.cases.delete(fqn);
      this.#owned?.retired(fqn);
    }
  }

  definitions(): CreateRequest<"testDefinition">[] {
    return this.records.flatMap((one) =>
      one.kind === "entity" && one.entityType === "testDefinition" ? [one.request] : [],
    );
  }

  definition(name: string): CreateRequest<"testDefinition"> {
    return found(
      this.definitions().find((one) => one.name === name),
      name,
    );
  }

  cases(): { fqn: string; request: CreateRequest<"testCase"> }[] {
    return this.records.flatMap((one) =>
      one.kind === "entity" && one.entityType === "testCase"
        ? [{ fqn: requestFqn("testCase", one.request), request: one.request }]
        : [],
    );
  }

  case(name: string): { fqn: string; request: CreateRequest<"testCase"> } {
    return found(
      this.cases().find(({ request }) => request.name === name),
      name,
    );
  }

  results(): TestResultRecord[] {
    return this.records.filter((one) => one.kind === "testResult");
  }

  result(name: string): TestResultRecord {
    return found(
      this.results().find(({ testCase }) => testCase.endsWith(`.${name}`)),
      name,
    );
  }
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}

/** All relations have the table that dbt says, its columns those of the catalog or else of the manifest, upper case. */
async function openView(files: Files, options: RunOptions): Promise<OpenProject> {
  const artifacts = Object.entries(files).map(([kind, bytes]): Artifact => ({
    kind: kind as ArtifactKind,
    file: kind,
    bytes: undefined,
    modifiedAtMs: undefined,
    open: () => stream(bytes),
  }));
  const silent = (): void => undefined;
  const context = { warn: silent, filtered: silent, signal: new AbortController().signal };
  const view = await readProject(projectOf("place", artifacts), { context, gap: silent });
  for (const relation of view.relations.values()) {
    const { uniqueId, database = "db", schema = "main", identifier } = relation;
    if (relation.isEphemeral || options.without?.includes(uniqueId)) continue;
    const known = view.catalog(uniqueId) ?? view.load("node", uniqueId) ?? view.load("source", uniqueId);
    const columns = options.columns?.[uniqueId] ?? known?.columns.map(({ name }) => name.toUpperCase()) ?? [];
    view.setTable(uniqueId, {
      fqn: fqnOf("wh", database, schema, identifier),
      isCreated: options.created === true,
      columns,
    });
  }
  return options.broken === true ? Object.assign(view, { isComplete: false }) : view;
}
