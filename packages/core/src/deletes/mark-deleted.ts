import type { FQN } from "@omd/schema";
import { failureOf, type Catalog, type DeleteScope, type StackTraceError } from "../contracts/index.ts";
import type { RunLedger, RunScope } from "../ledger/run-ledger.ts";

/** Refuse when more than `maxShare` of a scope and more than `maxCount` entities would go. */
export interface DeleteGuard {
  readonly maxShare: number;
  readonly maxCount: number;
}

export interface DeleteOutcome {
  readonly done: FQN[];
  readonly refused: { scope: string; reason: string; entities: FQN[] }[];
  readonly failures: StackTraceError[];
}

/**
 * Marks deleted what the catalog has and a complete scope has not seen. A scope that is not proven complete deletes nothing,
 * and neither does a run that was asked for a part only.
 */
export async function markDeleted(catalog: Catalog, ledger: RunLedger, guard: DeleteGuard): Promise<DeleteOutcome> {
  const outcome: DeleteOutcome = { done: [], refused: [], failures: [] };
  if (ledger.restricted) return outcome;
  for (const scope of ledger.scopes()) {
    const { deletes } = scope;
    if (deletes === undefined || scope.state !== "complete") continue;
    try {
      await compareScope(catalog, scope, deletes, guard, outcome);
    } catch (error) {
      outcome.failures.push(failureOf(`${scope.name}: listing the catalog`, error));
    }
  }
  return outcome;
}

async function compareScope(
  catalog: Catalog,
  scope: RunScope,
  deletes: DeleteScope,
  guard: DeleteGuard,
  outcome: DeleteOutcome,
): Promise<void> {
  const missing: { id: string; fqn: FQN }[] = [];
  let known = 0;
  for await (const entity of catalog.list(deletes.entityType, { below: deletes.below, include: "non-deleted" })) {
    known += 1;
    if (!scope.hasSeen(entity.fullyQualifiedName)) missing.push({ id: entity.id, fqn: entity.fullyQualifiedName });
  }
  if (missing.length > guard.maxCount && missing.length > known * guard.maxShare) {
    const share = Math.round((100 * missing.length) / known);
    outcome.refused.push({
      scope: scope.name,
      reason: `${missing.length} of ${known} (${share} %) would be marked deleted; the guard allows ${guard.maxCount} or ${guard.maxShare * 100} %`,
      entities: missing.map((entity) => entity.fqn).sort(),
    });
    return;
  }
  for (const entity of missing) {
    try {
      if (deletes.isGone && !(await deletes.isGone(entity.fqn))) continue;
      await catalog.delete(deletes.entityType, entity.id);
      outcome.done.push(entity.fqn);
    } catch (error) {
      outcome.failures.push(failureOf(entity.fqn, error));
    }
  }
}
