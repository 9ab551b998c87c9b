/** A manifest of dbt with these models, all in one schema. */
export function smallManifest(project: string, models: readonly string[], day = "2026-11-21", schema = "main"): string {
  const nodes = models.map((name) => [
    `model.${project}.${name}`,
    { resource_type: "model", name, alias: name, database: "db", schema },
  ]);
  const metadata = {
    dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
    generated_at: `${day}T10:00:00Z`,
    project_name: project,
    adapter_type: "duckdb",
  };
  return JSON.stringify({ metadata, nodes: Object.fromEntries(nodes) });
}
