import type { EntityType, FQN } from "@omd/schema";
import {
  failureOf,
  type Catalog,
  type DeleteScope,
  type OwnedEntities,
  type StackTraceError,
} from "../contracts/index.ts";
import type { RunLedger, RunScope } from "../ledger/run-ledger.ts";

/** Refuse when more than `maxShare` of a scope and more than `maxCount` entities would go. */
export interface DeleteGuard {
  readonly maxShare: number;
  readonly maxCount: number;
}

export interface DeleteOutcome {
  readonly done: FQN[];
  readonly refused: { scope: string; entityType: EntityType; reason: string; entities: FQN[] }[];
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

/** Something that the catalog may have and the scope has not seen. */
interface Missing {
  readonly fqn: FQN;
  /** Unknown of what the catalog was not asked for so far. */
  readonly id?: string | undefined;
  /** Told when it is marked deleted or not there. */
  readonly retired?: (() => void) | undefined;
}

async function compareScope(
  catalog: Catalog,
  scope: RunScope,
  deletes: DeleteScope,
  guard: DeleteGuard,
  outcome: DeleteOutcome,
): Promise<void> {
  const missing: Missing[] = [];
  let known = 0;
  for await (const entity of deletes.owned ? ownedOf(scope, deletes.owned) : listed(catalog, deletes)) {
    known += 1;
    if (!scope.hasSeen(entity.fqn)) missing.push(entity);
  }
  if (missing.length > guard.maxCount && missing.length > known * guard.maxShare) {
    const share = Math.round((100 * missing.length) / known);
    outcome.refused.push({
      scope: scope.name,
      entityType: deletes.entityType,
      reason: `${missing.length} of ${known} (${share} %) would be marked deleted; the guard allows ${guard.maxCount} or ${guard.maxShare * 100} %`,
      entities: missing.map((entity) => entity.fqn).sort(),
    });
    return;
  }
  for (const entity of missing) {
    try {
      await retire(catalog, deletes, entity, outcome);
    } catch (error) {
      outcome.failures.push(failureOf(entity.fqn, error));
    }
  }
}

async function* listed(catalog: Catalog, { entityType, below }: DeleteScope): AsyncGenerator<Missing> {
  for await (const { id, fullyQualifiedName } of catalog.list(entityType, { below, include: "non-deleted" }))
    yield { id, fqn: fullyQualifiedName };
}

function* ownedOf(scope: RunScope, owned: OwnedEntities): Generator<Missing> {
  for (const fqn of owned.fqns()) yield { fqn: scope.stored(fqn), retired: () => owned.retired(fqn) };
}

async function retire(catalog: Catalog, deletes: DeleteScope, entity: Missing, outcome: DeleteOutcome): Promise<void> {
  const { fqn, retired } = entity;
  const id = entity.id ?? (await catalog.get(deletes.entityType, fqn))?.id;
  if (id !== undefined) {
    if (deletes.isGone && !(await deletes.isGone(fqn))) return;
    await catalog.delete(deletes.entityType, id);
    outcome.done.push(fqn);
  }
  retired?.();
}
