import type { RollbackPlan } from "@omd/catalog";
import { renderTable } from "@omd/core";

/** What a rollback would do and what it would leave, for people; an empty text when neither is anything. */
export function rollbackText(plan: RollbackPlan, width: number): string {
  const columns = ["Action", "Type", "Name"].map((title) => ({ title }));
  const steps = [
    ...plan.steps.map(({ action, type, fqn }) => [action, type, fqn]),
    ...plan.edges.map(({ action, from, to }) => [action, "lineage", `${from} → ${to}`]),
  ];
  const refused = [
    ...plan.refused.map(({ type, fqn, reason }) => [type, fqn, reason]),
    ...plan.refusedEdges.map(({ from, to }) => ["lineage", `${from} → ${to}`, "changed since"]),
  ];
  const left = renderTable(
    ["Left alone", "Name", "Reason"].map((title) => ({ title })),
    refused,
    width,
  );
  return [renderTable(columns, steps, width), left].filter((part) => part !== "").join("\n\n");
}
