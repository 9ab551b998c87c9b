const textColumns = "name, fqn, part, tag, owner, description, facet";

/**
 * Full-text search over entities. `search_doc` gives each a number that survives VACUUM, `search_text` holds its words (and its facets as
 * words, so that filters narrow the match itself), `search_label` its tags and owners for counting. What was written stands in `search_pending`
 * until the transaction ends.
 */
export const searchMigration = `
  CREATE TABLE search_doc (
    doc INTEGER PRIMARY KEY,
    entity_id TEXT NOT NULL UNIQUE REFERENCES entity (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    service_id TEXT,
    deleted INTEGER NOT NULL
  );
  CREATE INDEX search_doc_facets ON search_doc (deleted, service_id, type);
  CREATE TABLE search_label (
    doc INTEGER NOT NULL REFERENCES search_doc (doc) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (doc, kind, value)
  ) WITHOUT ROWID;
  CREATE INDEX search_label_values ON search_label (kind, value);
  CREATE VIRTUAL TABLE search_text USING fts5 (${textColumns},
    content = '', contentless_delete = 1, detail = column, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');

  CREATE VIEW search_label_of AS
    SELECT d.entity_id, d.doc, 'tag' AS kind, j.atom AS value FROM search_doc d JOIN entity e ON e.id = d.entity_id
      JOIN json_tree(CASE WHEN instr(e.body, '"tagFQN"') > 0 THEN e.body ELSE '{}' END) j WHERE j.key = 'tagFQN'
    UNION
    SELECT d.entity_id, d.doc, 'owner', o.name FROM search_doc d JOIN entity e ON e.id = d.entity_id
      JOIN json_each(e.body, '$.owners') j JOIN entity o ON o.id = json_extract(j.value, '$.id');
  CREATE VIEW search_text_of AS
    SELECT d.entity_id, d.doc, e.name || ' ' || coalesce(e.display_name, '') AS name, e.fqn, e.parts AS part,
      (SELECT group_concat(value, ' ') FROM search_label WHERE doc = d.doc AND kind = 'tag') AS tag,
      (SELECT group_concat(value, ' ') FROM search_label WHERE doc = d.doc AND kind = 'owner') AS owner,
      substr(json_extract(e.body, '$.description'), 1, 2000) AS description,
      CASE d.deleted WHEN 0 THEN 'live' ELSE 'dead' END || ' type' || hex(d.type) || coalesce(' service' || replace(d.service_id, '-', ''), '')
        || coalesce((SELECT ' ' || group_concat(kind || hex(value), ' ') FROM search_label WHERE doc = d.doc), '') AS facet
    FROM search_doc d JOIN entity e ON e.id = d.entity_id;

  CREATE TABLE search_pending (entity_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TRIGGER search_entity_added AFTER INSERT ON entity BEGIN
    INSERT OR IGNORE INTO search_pending VALUES (new.id);
  END;
  CREATE TRIGGER search_entity_changed AFTER UPDATE OF body, deleted ON entity
    WHEN old.deleted <> new.deleted OR old.body IS NOT new.body BEGIN
    INSERT OR IGNORE INTO search_pending VALUES (new.id);
  END;
  CREATE TRIGGER search_doc_removed AFTER DELETE ON search_doc BEGIN
    DELETE FROM search_text WHERE rowid = old.doc;
  END;

  INSERT INTO search_pending SELECT id FROM entity ORDER BY fqn;
`;

const pending = "entity_id IN (SELECT entity_id FROM search_pending)";
/** What is to be looked at; bodies are parsed only where they have the field. */
const pendingDocs = `search_pending p CROSS JOIN entity e ON e.id = p.entity_id CROSS JOIN search_doc d ON d.entity_id = e.id`;

/** Brings the search up to what transactions wrote: a full-text index is written anew at each savepoint that it takes part in. */
export const searchCatchUp: readonly string[] = [
  `INSERT INTO search_doc (entity_id, type, service_id, deleted)
    SELECT e.id, e.type, coalesce(CASE WHEN instr(e.body, '"service":') > 0 THEN json_extract(e.body, '$.service.id') END,
      CASE WHEN e.type LIKE '%Service' THEN e.id END), e.deleted
    FROM search_pending p CROSS JOIN entity e ON e.id = p.entity_id WHERE true
    ON CONFLICT (entity_id) DO UPDATE SET deleted = excluded.deleted, service_id = excluded.service_id`,
  `DELETE FROM search_label WHERE doc IN (SELECT doc FROM search_doc WHERE ${pending})`,
  `INSERT OR IGNORE INTO search_label SELECT d.doc, 'tag', j.atom FROM ${pendingDocs}
    JOIN json_tree(e.body) j WHERE instr(e.body, '"tagFQN"') > 0 AND j.key = 'tagFQN'`,
  `INSERT OR IGNORE INTO search_label SELECT d.doc, 'owner', o.name FROM ${pendingDocs}
    JOIN json_each(e.body, '$.owners') j JOIN entity o ON o.id = json_extract(j.value, '$.id') WHERE instr(e.body, '"owners":') > 0`,
  `INSERT OR REPLACE INTO search_text (rowid, ${textColumns}) SELECT doc, ${textColumns} FROM search_text_of WHERE ${pending}`,
  "DELETE FROM search_pending",
];
