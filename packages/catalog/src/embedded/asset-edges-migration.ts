/** Of an edge: its two assets with their services, when these are two. */
const services = (row: "new" | "old"): string => `FROM entity f JOIN entity t ON t.id = ${row}.to_id
      JOIN entity fs ON fs.type = omd_service(f.type) AND fs.fqn = omd_root(f.fqn)
      JOIN entity ts ON ts.type = omd_service(t.type) AND ts.fqn = omd_root(t.fqn)
      WHERE f.id = ${row}.from_id AND fs.id <> ts.id`;
const alone = (row: "new" | "old"): string =>
  `NOT EXISTS (SELECT 1 FROM edge WHERE from_id = ${row}.from_id AND to_id = ${row}.to_id)`;

const members = (field: string): string =>
  `INSERT OR IGNORE INTO group_member SELECT g.id, e.id, g.type FROM entity e JOIN json_each(e.body, '$.${field}') j
    JOIN entity g ON g.id = json_extract(j.value, '$.id') WHERE instr(e.body, '"${field}"') > 0;`;

/** An edge between two assets counts once for their services, whoever makes it. */
export const countingTriggers = `
  CREATE TRIGGER edge_counted BEFORE INSERT ON edge WHEN ${alone("new")} BEGIN
    INSERT INTO service_edge SELECT fs.id, ts.id, 1 ${services("new")}
      ON CONFLICT (from_id, to_id) DO UPDATE SET assets = assets + 1;
  END;
  CREATE TRIGGER edge_uncounted AFTER DELETE ON edge WHEN ${alone("old")} BEGIN
    UPDATE service_edge SET assets = assets - 1 WHERE (from_id, to_id) = (SELECT fs.id, ts.id ${services("old")});
  END;`;

/**
 * `service_edge` counts the pairs of assets with an edge between two services: read with one look-up, and right whoever writes an edge.
 * `group_member` says what is itself put into a domain or data product; their edges are found when they are asked for, see `asset-edges.ts`.
 * The functions `omd_service` and `omd_root` are of the connection: see `database.ts`.
 */
export const assetEdgesMigration = `
  CREATE TABLE service_edge (
    from_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    to_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    assets INTEGER NOT NULL,
    PRIMARY KEY (from_id, to_id)
  ) WITHOUT ROWID;
  CREATE INDEX service_edge_to ON service_edge (to_id);
  ${countingTriggers}
  INSERT INTO service_edge SELECT fs.id, ts.id, count(*)
    FROM (SELECT DISTINCT from_id, to_id FROM edge) pair
      JOIN entity f ON f.id = pair.from_id JOIN entity t ON t.id = pair.to_id
      JOIN entity fs ON fs.type = omd_service(f.type) AND fs.fqn = omd_root(f.fqn)
      JOIN entity ts ON ts.type = omd_service(t.type) AND ts.fqn = omd_root(t.fqn)
    WHERE fs.id <> ts.id GROUP BY fs.id, ts.id;

  CREATE TABLE group_member (
    group_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    entity_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    PRIMARY KEY (group_id, entity_id)
  ) WITHOUT ROWID;
  CREATE INDEX group_member_entity ON group_member (entity_id, kind);
  ${["domains", "dataProducts"].map(members).join("\n  ")}
`;
