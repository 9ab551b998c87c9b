import { afterEach, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { RestWorld } from "./rest-world.ts";

let world: RestWorld;
afterEach(() => world.close());

const asking = (customProperties: object) => (): object => ({ meta: { openmetadata: { customProperties } } });
const stored = async (at: number): Promise<Record<string, unknown> | undefined> =>
  world.store.get("table", fqnOf("wh", "db", "main", `model_${at}`), { fields: ["extension"] });

test("a custom property that the server has not defined is one warning; all else of each table is written", async () => {
  world = await RestWorld.open({ properties: { table: { cost: "string" } } });
  await world.addTables(3);
  world.lay(3, asking({ cost: "1", costCentre: "42" }));
  const { report, calls } = await world.run();
  expect(report).toMatchObject({ outcome: "complete", exitCode: 0, failures: [] });
  expect(report.warnings.filter(({ name }) => name.includes("costCentre"))).toEqual([
    {
      from: "OpenMetadata",
      name: "custom property costCentre of table",
      reason: expect.stringMatching(/not defined .* left out everywhere: add costCentre to the type table/),
      count: 1,
    },
  ]);
  for (const at of [0, 1, 2])
    expect(await stored(at)).toMatchObject({ description: `Model ${at}`, extension: { cost: "1" } });
  expect(calls["GET /metadata/types/name"]).toBe(1);
  expect(calls["PATCH /tables/id"]).toBe(3);
  const again = await world.run();
  expect(again.report.warnings.filter(({ name }) => name.includes("costCentre"))).toHaveLength(1);
  expect(Object.keys(again.calls).filter((call) => !call.startsWith("GET"))).toEqual([]);
});

test("a reference is said by type and FQN, and follows dbt", async () => {
  world = await RestWorld.open({ properties: { table: { expert: "entityReference", peers: "entityReferenceList" } } });
  await world.addTables(2);
  const users = await Promise.all(
    ["ann", "bob"].map((name) => world.store.put("user", { name, email: `${name}@x.example` })),
  );
  const [ann, bob] = users.map(({ entity: { id, name } }) => ({ id, type: "user", name, fullyQualifiedName: name }));
  const user = (fqn: string) => ({ type: "user", fqn });
  world.lay(2, asking({ expert: user("ann"), peers: [user("ann"), user("nobody"), user("bob")] }));
  const { report } = await world.run();
  expect(report.failures).toEqual([]);
  expect((await stored(1))?.["extension"]).toEqual({ expert: ann, peers: [ann, bob] });
  expect(report.warnings.map(({ reason }) => reason)).toContain(
    "not in the catalog and left out: user nobody of custom property peers",
  );
  expect((await world.run()).calls["PATCH /tables/id"]).toBeUndefined();
  world.lay(2, asking({ expert: user("bob"), peers: user("bob") }));
  await world.run();
  expect((await stored(1))?.["extension"]).toMatchObject({ expert: bob });
});

test("a server that tells nobody its properties refuses by itself, and the rest is written", async () => {
  world = await RestWorld.open({
    properties: { table: {} },
    onRequest: ({ path }) =>
      path.startsWith("/metadata/types") ? { status: 403, body: { code: 403, message: "not allowed" } } : undefined,
  });
  await world.addTables(1);
  world.lay(1, asking({ cost: "1" }));
  const { report } = await world.run();
  expect(report.failures).toMatchObject([{ error: expect.stringContaining("cost (") }]);
  expect(await stored(0)).toMatchObject({ description: "Model 0" });
});
