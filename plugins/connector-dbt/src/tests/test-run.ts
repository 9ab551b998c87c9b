import type { Scope, SourceContext } from "@omd/core";
import { splitFqn, type FQN } from "@omd/schema";
import type { ProjectView } from "../project/view.ts";
import type { Placing } from "./placing.ts";
import { caseKey, casePrefix, rememberedCase, resultKey, type CaseMemory } from "./test-marks.ts";

/**
 * The tests of all projects of one run: test cases that an earlier run made of these projects, and that none of them has any more, are retired.
 * Other projects may share the service, and other environments of the same project: what they made is left alone.
 */
export class TestRun {
  readonly #context: SourceContext;
  readonly #scope: Scope;
  readonly #cases = new Set<string>();
  readonly #definitions = new Set<string>();
  /** By the project's name: schemas that its tables are in, and schemas that another environment of it is in. */
  readonly #schemas = new Map<string, { readonly here: Set<string>; readonly elsewhere: Set<string> }>();

  constructor(context: SourceContext) {
    this.#context = context;
    const { only, limit } = context.selection;
    const owned = {
      fqns: () => this.#owned(),
      retired: (fqn: FQN) => {
        context.marks.forget(caseKey(fqn));
        context.marks.forget(resultKey(fqn));
      },
    };
    const isWhole = only.length === 0 && limit === undefined;
    this.#scope = context.ledger.open(
      "dbt/tests",
      isWhole ? { deletes: { entityType: "testCase", below: context.service, owned } } : {},
    );
  }

  /** Whether no project of this run has had this test case so far. */
  claims(fqn: FQN): boolean {
    if (this.#cases.has(fqn)) return false;
    this.#cases.add(fqn);
    this.#scope.received(1);
    this.#scope.saw(fqn);
    return true;
  }

  /** Whether no project of this run has had this definition so far. */
  claimsDefinition(name: string): boolean {
    if (this.#definitions.has(name)) return false;
    this.#definitions.add(name);
    return true;
  }

  /** All tests of the project are claimed. */
  endProject(view: ProjectView, { tables, leftOut }: Placing): void {
    if (!view.isComplete) this.#scope.gap(`${view.name}: its artifacts were not read whole`);
    const schemas = this.#schemas.get(view.name) ?? { here: new Set(), elsewhere: new Set() };
    this.#schemas.set(view.name, schemas);
    for (const table of tables.keys()) schemas.here.add(schemaOf(table));
    for (const memory of this.#remembered(view.name, this.#cases)) {
      if (leftOut.has(memory.uniqueId)) this.#scope.saw(memory.fqn);
      const schema = schemaOf(memory.fqn);
      if (!schemas.here.has(schema) && has(view, memory.uniqueId)) schemas.elsewhere.add(schema);
    }
  }

  /** A project of this run could not be read: nothing is retired. */
  incomplete(reason: string): void {
    this.#scope.gap(reason);
  }

  /** All projects were read. */
  end(): void {
    this.#scope.complete();
  }

  *#owned(): Generator<FQN> {
    for (const [project, { here, elsewhere }] of this.#schemas)
      for (const { fqn } of this.#remembered(project))
        if (here.has(schemaOf(fqn)) || !elsewhere.has(schemaOf(fqn))) yield fqn;
  }

  *#remembered(project: string, without?: ReadonlySet<string>): Generator<CaseMemory> {
    for (const mark of this.#context.marks.withPrefix(casePrefix)) {
      if (without?.has(mark.key.slice(casePrefix.length))) continue;
      const memory = rememberedCase(mark);
      if (memory?.project === project) yield memory;
    }
  }
}

function has(view: ProjectView, uniqueId: string): boolean {
  return view.tests.has(uniqueId) || view.relations.has(uniqueId) || view.load("unitTest", uniqueId) !== undefined;
}

/** Of a table or of what lies below it. */
function schemaOf(fqn: FQN): string {
  return splitFqn(fqn).slice(0, 3).join(".");
}
