import { encodeName, fqnOf, type EntityKey, type FQN } from "@omd/schema";
import type { ProjectView } from "../project/view.ts";
import type { GraphEdge } from "./project-edges.ts";
import { reach } from "./reach.ts";

/**
 * Names of metrics are unique in the whole catalog: a metric of dbt is called `<package>.<metric>`, a semantic model
 * `<package>.semantic_model.<name>`. Neither package nor name can hold a dot, so that no metric of dbt ever gets a semantic model's name.
 */
export function metricName(uniqueId: string): string {
  const [type = "", packageName = "", ...name] = uniqueId.split(".");
  const parts = type === "metric" ? [packageName, ...name] : [packageName, type, ...name];
  return encodeName(parts.join("."));
}

/** FQN in the catalog of a metric or a semantic model of dbt. */
export function metricFqn(uniqueId: string): FQN {
  return fqnOf(metricName(uniqueId));
}

/** Edges from the tables, semantic models and metrics that a thing hangs on. */
export function edgesFrom(view: ProjectView, dependsOn: readonly string[]): GraphEdge[] {
  return reach(view, dependsOn).flatMap((via) => {
    const from = keyOf(view, via);
    return from === undefined ? [] : [{ from, via, columns: [] }];
  });
}

/** The entity behind a unique id, where the catalog has one. */
function keyOf(view: ProjectView, uniqueId: string): EntityKey | undefined {
  if (view.load("metric", uniqueId) !== undefined || view.load("semanticModel", uniqueId) !== undefined)
    return { entityType: "metric", fqn: metricFqn(uniqueId) };
  const table = view.table(uniqueId);
  return table && { entityType: "table", fqn: table.fqn };
}
