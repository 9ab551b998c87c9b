import { describe, expect, test } from "@jest/globals";
import { entityTypeInfo, entityTypes, parentFqnOfRequest, requestFqn, type EntityType } from "./entity-types.ts";
import { InvalidNameError } from "./fqn.ts";

describe("the FQN a request will have", () => {
  test("services, users and teams are roots", () => {
    expect(requestFqn("databaseService", { name: "my.svc", serviceType: "Mysql" })).toBe('"my.svc"');
    expect(requestFqn("user", { name: "ann.b", email: "ann.b@x.io" })).toBe('"ann.b"');
  });

  test("a service is named raw, other parents by FQN", () => {
    expect(requestFqn("database", { name: "d.1", service: "my.svc" })).toBe('"my.svc"."d.1"');
    expect(requestFqn("databaseSchema", { name: "s", database: '"my.svc"."d.1"' })).toBe('"my.svc"."d.1".s');
    expect(requestFqn("table", { name: "t", databaseSchema: "svc.d.s", columns: [] })).toBe("svc.d.s.t");
    expect(requestFqn("pipeline", { name: "a.dag", service: "af" })).toBe('af."a.dag"');
    expect(requestFqn("topic", { name: "t.v1", service: "k", partitions: 1 })).toBe('k."t.v1"');
  });

  test("containers and tags may lie in another one", () => {
    expect(requestFqn("container", { name: "b", service: "s3" })).toBe("s3.b");
    const parent = { id: "1", type: "container", fullyQualifiedName: "s3.b" };
    expect(requestFqn("container", { name: "k.csv", service: "s3", parent })).toBe('s3.b."k.csv"');
    expect(requestFqn("tag", { name: "t", description: "", classification: "C" })).toBe("C.t");
    expect(requestFqn("tag", { name: "t", description: "", classification: "C", parent: "C.p" })).toBe("C.p.t");
  });

  test("what lies in a drive, directly or in directories", () => {
    expect(requestFqn("directory", { name: "d", service: "my.drive" })).toBe('"my.drive".d');
    expect(requestFqn("directory", { name: "e", service: "my.drive", parent: '"my.drive".d' })).toBe('"my.drive".d.e');
    expect(requestFqn("file", { name: "a.csv", service: "my.drive" })).toBe('"my.drive"."a.csv"');
    expect(requestFqn("file", { name: "a.csv", service: "my.drive", directory: '"my.drive".d' })).toBe(
      '"my.drive".d."a.csv"',
    );
    const parent = { id: "1", type: "directory", fullyQualifiedName: '"my.drive".d' };
    expect(requestFqn("spreadsheet", { name: "plan", service: "my.drive", parent })).toBe('"my.drive".d.plan');
    expect(
      requestFqn("spreadsheet", { name: "plan", service: "my.drive", parent: { id: "1", type: "directory" } }),
    ).toBe('"my.drive".plan');
    expect(requestFqn("worksheet", { name: "Q 1", spreadsheet: '"my.drive".d.plan' })).toBe('"my.drive".d.plan.Q 1');
  });

  test("an ingestion pipeline lies below the service it names", () => {
    const service = { id: "1", type: "pipelineService", fullyQualifiedName: '"my.af"' };
    expect(
      requestFqn("ingestionPipeline", {
        name: "run",
        pipelineType: "metadata",
        sourceConfig: { config: {} },
        airflowConfig: {},
        service,
      }),
    ).toBe('"my.af".run');
  });

  test("a name or parent that no FQN can be made of", () => {
    expect(() => requestFqn("database", { name: 'a"b', service: "s" })).toThrow(InvalidNameError);
    expect(() => requestFqn("table", { name: "t", databaseSchema: 'a."b', columns: [] })).toThrow(InvalidNameError);
  });

  test("no parent where none is named", () => {
    expect(parentFqnOfRequest("team", { name: "t", teamType: "Group" })).toBeUndefined();
    expect(parentFqnOfRequest("tag", { name: "t", description: "" })).toBeUndefined();
  });
});

describe("the table of types", () => {
  const types = Object.keys(entityTypes) as EntityType[];

  test("parents are types that exist, and what has a parent has a list filter", () => {
    for (const type of types) {
      const { parent, nests, scope } = entityTypeInfo(type);
      expect(parent === undefined || parent.type in entityTypes).toBe(true);
      expect(nests === undefined || nests.type in entityTypes).toBe(true);
      if (type !== "testCase") expect(scope === undefined).toBe(parent === undefined);
    }
  });

  test("no two share a collection", () => {
    expect(new Set(types.map((type) => entityTypeInfo(type).collection)).size).toBe(types.length);
  });
});
