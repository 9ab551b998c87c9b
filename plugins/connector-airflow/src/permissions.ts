import { OmdError } from "@omd/core";
import { isHttpError } from "@omd/http";

/** What a call needs in Airflow's permission model. */
export type Resource = "DAGs" | "DAG Runs" | "Task Instances" | "Datasets" | "Assets" | "ImportErrors" | "DAG Code";

/** Whether the run must end: wrong credentials, or it was asked to stop. A wrong password never gets better DAG by DAG. */
export function endsRun(thrown: unknown): boolean {
  if (!isHttpError(thrown))
    return thrown instanceof OmdError && thrown.code === "OMD_PERMISSION" && thrown.status === 401;
  return thrown.code === "ERR_UNAUTHENTICATED" || thrown.code === "ERR_ABORTED";
}

/** Adds to a refusal what the user can do about it; anything else is returned as it is. */
export function explained(thrown: unknown, resource: Resource): unknown {
  if (!isHttpError(thrown)) return thrown;
  if (thrown.status === 401)
    return new OmdError("OMD_PERMISSION", thrown.message, {
      status: 401,
      cause: thrown,
      hint: "Airflow does not accept the credentials: check authConfig; a token may have expired.",
    });
  if (thrown.status === 403)
    return new OmdError("OMD_PERMISSION", thrown.message, {
      status: 403,
      cause: thrown,
      hint: `The user needs \`can_read\` on ${resource}: give it the Viewer role. Airflow 2 answers 403 to a wrong user or password too.`,
    });
  return thrown;
}

/** One line for a scope's gap or a warning. */
export function reasonOf(thrown: unknown, resource: Resource): string {
  const error = explained(thrown, resource);
  if (error instanceof OmdError && error.hint !== undefined) return `${error.message} (${error.hint})`;
  return error instanceof Error ? error.message : String(error);
}
