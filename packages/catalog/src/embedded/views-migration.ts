/** Table types whose tables are found by `ScanOptions.views`. */
export const viewTypes = ["View", "SecureView", "MaterializedView", "Dynamic", "Stream"] as const;

/** True of views, in the words of the index. */
export const isView = `json_extract(body, '$.tableType') IN (${viewTypes.map((type) => `'${type}'`).join(", ")})`;

export const scanMigration = `CREATE INDEX entity_views ON entity (fqn) WHERE type = 'table' AND ${isView};`;
