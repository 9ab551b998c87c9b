import { afterEach, expect, test } from "@jest/globals";
import { fqnOf, type EntityReference } from "@omd/schema";
import { RestWorld } from "./rest-world.ts";

let world: RestWorld;
afterEach(() => world.close());

const models = 60;
/** Ten people whom nobody knows own the tables. */
const owned = (at: number): object => ({ meta: { owner: `nobody${at % 10}` } });

/** Reads that do not grow with the number of tables and tests. */
const fewReads = {
  // The service as dbt asks for it, and the schema with all that may be changed.
  "GET /tables": 2,
  "GET /tables/name": 3,
  "GET /classifications/name": 1,
  "GET /tags/name": 1,
};
/** Each name once: as user, as team, as either's display name, and what is nearest to it. */
const ownerReads = { "GET /users/name": 10, "GET /teams/name": 10, "GET /search/query": 40 };

test("tables of a server, their tests and owners are not looked up one by one", async () => {
  world = await RestWorld.open();
  await world.addTables(models);
  world.lay(models, owned);
  const { report, calls } = await world.run();
  expect(report).toMatchObject({ outcome: "complete", failures: [] });
  expect(calls).toMatchObject({
    ...fewReads,
    ...ownerReads,
    "GET /dataQuality/testDefinitions/name": 20,
    "GET /dataQuality/testDefinitions": 1,
    "GET /dataQuality/testCases": 21,
    // Each edge is: a person may have drawn it, and a PUT would replace what they said.
    "GET /lineage/getLineageEdge": models - 1,
    "PATCH /tables/id": models,
    "PUT /tables/id/dataModel": models,
    "PUT /dataQuality/testCases": models,
    "POST /dataQuality/testCases/testCaseResults": models,
    "PUT /lineage": models - 1,
  });

  const again = await world.run();
  expect(again.calls).toEqual({
    ...fewReads,
    ...ownerReads,
    "GET /tags": 1,
    "GET /system/version": 1,
    "GET /services/databaseServices/name": 3,
  });
});

test("tables that the run makes are not looked up for their tests and edges", async () => {
  world = await RestWorld.open();
  await world.addTables(0);
  world.lay(models);
  const { report, calls } = await world.run({ createMissingTables: true });
  expect(report).toMatchObject({ outcome: "complete", failures: [] });
  expect(calls).toMatchObject({ "PUT /lineage": models - 1, "PUT /dataQuality/testCases": models });
  expect(calls).not.toHaveProperty(["GET /lineage/getLineageEdge"]);
  expect(calls).not.toHaveProperty(["GET /dataQuality/testCases"]);
  // Of the service, of the schema before its tables are made, and of the ids that a bulk write does not tell.
  expect([calls["GET /tables"], calls["GET /tables/name"]]).toEqual([3, 3]);
});

test("what people drew is kept: an edge that is there is merged and not replaced", async () => {
  world = await RestWorld.open();
  await world.addTables(2);
  const [from, to] = await Promise.all([0, 1].map(reference));
  if (!from || !to) throw new Error("no tables");
  await world.store.putLineage({ from, to, details: { source: "Manual", description: "by hand" } });
  world.lay(2);
  const { report, calls } = await world.run();
  expect(report.failures).toEqual([]);
  expect(calls).toMatchObject({ "GET /lineage/getLineageEdge": 1, "PATCH /lineage/table/id/table/id": 1 });
  expect(calls).not.toHaveProperty(["PUT /lineage"]);
});

async function reference(at: number): Promise<EntityReference> {
  const table = await world.store.get("table", fqnOf("wh", "db", "main", `model_${at}`));
  return { id: table?.id ?? "", type: "table" };
}
