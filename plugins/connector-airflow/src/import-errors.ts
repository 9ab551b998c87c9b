import type { Scope, SourceContext } from "@omd/core";
import type { AirflowClient } from "./client.ts";
import { endsRun, explained, reasonOf } from "./permissions.ts";
import type { Scopes } from "./scopes.ts";
import type { DagRow, ImportErrorRow } from "./shapes.ts";

/** Files that Airflow could not load. */
export type BrokenFiles =
  { readonly kind: "known"; readonly errors: readonly ImportErrorRow[] } | { readonly kind: "unknown" };

/** Reads the import errors and warns of each. Throws only what ends the run. */
export async function readImportErrors(
  client: AirflowClient,
  context: SourceContext,
  scopes: Scopes,
): Promise<BrokenFiles> {
  const scope = scopes.open("import-errors");
  const errors: ImportErrorRow[] = [];
  try {
    for await (const page of client.importErrors(scope))
      for (const error of page) {
        errors.push({ ...error, stack_trace: undefined });
        context.warn(error.filename ?? "a DAG file", `import error: ${messageOf(error.stack_trace)}`);
      }
    scope.complete();
    return { kind: "known", errors };
  } catch (thrown) {
    if (endsRun(thrown)) throw explained(thrown, "ImportErrors");
    scope.fail(reasonOf(thrown, "ImportErrors"));
    return { kind: "unknown" };
  }
}

/**
 * A DAG whose file can no longer be loaded drops out of Airflow's list after a while, though nobody took it away: such DAGs count as seen, so that
 * they are not marked deleted. When they cannot be told from others, the list of DAGs is not complete.
 */
export async function protectHidden(
  client: AirflowClient,
  broken: BrokenFiles,
  dags: { readonly scope: Scope; readonly listed: Set<string>; fqnOf(dagId: string): Parameters<Scope["saw"]>[0] },
): Promise<void> {
  if (broken.kind === "known" && broken.errors.length === 0) return;
  const silent = { announced: () => undefined, received: () => undefined };
  try {
    for await (const page of client.dags(silent, true))
      for (const dag of page) {
        if (dags.listed.has(dag.dag_id) || !isHidden(dag, broken)) continue;
        dags.listed.add(dag.dag_id);
        dags.scope.saw(dags.fqnOf(dag.dag_id));
      }
  } catch (thrown) {
    if (endsRun(thrown)) throw explained(thrown, "DAGs");
    dags.scope.gap(`DAGs hidden by import errors cannot be told from deleted ones: ${reasonOf(thrown, "DAGs")}`);
  }
}

function isHidden(dag: DagRow, broken: BrokenFiles): boolean {
  if (dag.has_import_errors === true) return true;
  if (broken.kind === "unknown") return false;
  return broken.errors.some(({ filename, bundle_name: bundle }) => {
    if (filename === undefined || filename === null) return false;
    if (filename === dag.fileloc) return true;
    const sameBundle = (bundle ?? undefined) === (dag.bundle_name ?? undefined);
    return filename === dag.relative_fileloc && sameBundle;
  });
}

/** The last line of a Python stack trace says what happened. */
function messageOf(stackTrace: string | null | undefined): string {
  const lines = (stackTrace ?? "").split("\n").map((line) => line.trim());
  return lines.findLast((line) => line !== "") ?? "no message";
}
