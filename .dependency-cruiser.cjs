"use strict";
/** The doors between the rooms: who may import whom. See docs/architecture.md. */
const rooms = {
  schema: [],
  http: [],
  core: ["schema", "http"],
  catalog: ["schema", "http", "core"],
  lineage: ["schema", "core"],
  testkit: ["schema", "http", "core"],
  server: ["schema", "core", "catalog", "lineage"],
  ui: [],
  cli: ["schema", "http", "core", "catalog", "lineage", "server"],
};
const test = "\\.test\\.ts$|/test/";
const doors = Object.entries(rooms).map(([room, open]) => ({
  name: `door-${room}`,
  comment: `@omd/${room} may import only: ${open.join(", ") || "nothing of ours"}`,
  severity: "error",
  from: { path: `^packages/${room}/`, pathNot: test },
  to: { path: "^(packages|plugins)/", pathNot: `^packages/(${[room, ...open].join("|")})/` },
}));
module.exports = {
  forbidden: [
    ...doors,
    {
      name: "door-connectors",
      comment:
        "A connector may import core, http, schema and lineage; never another connector, the catalog or the CLI.",
      severity: "error",
      from: { path: "^plugins/([^/]+)/", pathNot: test },
      to: { path: "^(packages|plugins)/", pathNot: ["^plugins/$1/", "^packages/(core|http|schema|lineage)/"] },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@omd/source", "import"],
      extensions: [".ts", ".js", ".mjs"],
    },
  },
};
