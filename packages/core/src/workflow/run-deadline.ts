import { OmdError } from "../errors.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** Aborts the run when `omd.deadlineSeconds` are over. Answers what takes the deadline away. */
export function beginDeadline({ abort, config }: Pick<WorkflowParts, "abort" | "config">): () => void {
  const { deadlineSeconds } = config.omd;
  if (deadlineSeconds === undefined) return () => undefined;
  const timer = setTimeout(
    () =>
      abort.abort(new OmdError("OMD_DEADLINE", `the run took longer than omd.deadlineSeconds (${deadlineSeconds} s)`)),
    deadlineSeconds * 1000,
  );
  return () => clearTimeout(timer);
}
