import type { Scope, SourceContext } from "@omd/core";
import type { FQN } from "@omd/schema";
import type { ProjectView } from "../project/view.ts";
import type { Placing } from "./placing.ts";
import { caseKey, casePrefix, isResultKey, rememberedCase, resultKey, type CaseMemory } from "./test-marks.ts";

/**
 * The tests of all projects of one run: test cases that an earlier run made of these projects, and that none of them has any more, are retired.
 * Other projects may share the service, and other environments of the same project: what they made is left alone.
 */
export class TestRun {
  readonly #context: SourceContext;
  readonly #scope: Scope;
  /** How many projects have it. */
  readonly #cases = new Map<string, number>();
  readonly #definitions = new Set<string>();
  /** Of the projects of this run. */
  readonly #homes = new Set<string>();

  constructor(context: SourceContext) {
    this.#context = context;
    const { only, limit } = context.selection;
    const owned = {
      fqns: () => this.#owned(),
      retired: (fqn: FQN) => {
        context.marks.forget(caseKey(fqn));
        for (const { key } of context.marks.withPrefix(resultKey(fqn)))
          if (isResultKey(key, fqn)) context.marks.forget(key);
      },
    };
    const isWhole = only.length === 0 && limit === undefined;
    this.#scope = context.ledger.open(
      "dbt/tests",
      isWhole ? { deletes: { entityType: "testCase", below: context.service, owned } } : {},
    );
  }

  /** The how manyth project of this run it is that has this test case. The first writes it; each has its own result. */
  claim(fqn: FQN): number {
    const count = (this.#cases.get(fqn) ?? 0) + 1;
    this.#cases.set(fqn, count);
    if (count === 1) {
      this.#scope.received(1);
      this.#scope.saw(fqn);
    }
    return count;
  }

  /** Whether no project of this run has had this definition so far. */
  claimsDefinition(name: string): boolean {
    if (this.#definitions.has(name)) return false;
    this.#definitions.add(name);
    return true;
  }

  /** All tests of the project are claimed. */
  endProject(view: ProjectView, { leftOut }: Placing): void {
    if (!view.isComplete) this.#scope.gap(`${view.name}: its artifacts were not read whole`);
    this.#homes.add(view.home);
    if (leftOut.size > 0)
      for (const { project, uniqueId, fqn } of this.#remembered())
        if (project === view.home && leftOut.has(uniqueId)) this.#scope.saw(fqn);
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
    for (const { fqn } of this.#remembered()) yield fqn;
  }

  /** Of the projects read so far, what they still have too. */
  *#remembered(): Generator<CaseMemory> {
    for (const mark of this.#context.marks.withPrefix(casePrefix)) {
      const memory = rememberedCase(mark);
      if (memory && this.#homes.has(memory.project)) yield memory;
    }
  }
}
