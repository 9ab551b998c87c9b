import { describe, expect } from "@jest/globals";
import { childFqn, fqnOf, type CreateRequest } from "@omd/schema";
import { addPipeline, addSchema, addTable, addTag, freshNames, id, label, mail, ref } from "../catalog-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

/** Create-or-update of single entities and of many. */
export function putTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("put", () => {
    creating(test);
  });
  describe("put again", () => {
    updating(test);
  });
  describe("putMany", () => {
    many(test);
  });
}

type CatalogTest = ReturnType<typeof catalogTest>;

function creating(test: CatalogTest): void {
  test("creates a service with FQN, version and id", async (catalog) => {
    const { service } = freshNames();
    const { outcome, entity } = await catalog.put("databaseService", { name: service, serviceType: "Mysql" });
    expect(outcome).toBe("created");
    expect(entity).toMatchObject({
      name: service,
      fullyQualifiedName: `"${service}"`,
      serviceType: "Mysql",
      version: 0.1,
    });
    expect(entity.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("fills the references of a table up to its service", async (catalog) => {
    const { service } = freshNames();
    const schema = await addSchema(catalog, service);
    const table = await addTable(catalog, schema, "orders");
    expect(table).toMatchObject({
      fullyQualifiedName: `"${service}".shop.main.orders`,
      serviceType: "Mysql",
      service: { type: "databaseService", name: service },
      database: { type: "database", name: "shop", fullyQualifiedName: `"${service}".shop` },
      databaseSchema: { type: "databaseSchema", name: "main", fullyQualifiedName: schema },
    });
  });

  test("answers 404 when the parent is missing", async (catalog) => {
    const { service } = freshNames();
    await expect(catalog.put("database", { name: "shop", service })).rejects.toMatchObject({
      code: "OMD_CATALOG_NOT_FOUND",
      status: 404,
    });
  });

  test("answers 404 for a tag that does not exist", async (catalog) => {
    const { pipelines } = freshNames();
    await addPipeline(catalog, pipelines);
    const request = { name: "p", service: pipelines, tags: [label("NoSuchClassification.NoTag")] };
    await expect(catalog.put("pipeline", request)).rejects.toMatchObject({ status: 404 });
  });

  test("answers 404 for an owner that does not exist", async (catalog) => {
    const { pipelines } = freshNames();
    await addPipeline(catalog, pipelines);
    const owners = [{ id: "00000000-0000-4000-8000-000000000000", type: "user" }];
    await expect(catalog.put("pipeline", { name: "p", service: pipelines, owners })).rejects.toMatchObject({
      status: 404,
    });
  });

  test("fills the FQNs of tasks", async (catalog) => {
    const { pipelines } = freshNames();
    const pipeline = await addPipeline(catalog, pipelines, "my.dag");
    const shown = await catalog.get("pipeline", pipeline.fullyQualifiedName, { fields: ["tasks"] });
    expect(shown?.tasks).toMatchObject([
      { name: "extract", fullyQualifiedName: `${pipelines}."my.dag".extract`, downstreamTasks: ["load"] },
      { name: "load", fullyQualifiedName: `${pipelines}."my.dag".load` },
    ]);
  });

  test("creates tags below a classification and labels with them", async (catalog) => {
    const { pipelines } = freshNames();
    const tag = await addTag(catalog, `Cls${pipelines}`, "Gold");
    await addPipeline(catalog, pipelines);
    await catalog.put("pipeline", { name: "p", service: pipelines, tags: [label(tag)] });
    const shown = await catalog.get("pipeline", fqnOf(pipelines, "p"), { fields: ["tags"] });
    expect(shown?.tags).toMatchObject([{ tagFQN: tag, source: "Classification", labelType: "Automated" }]);
  });

  test("nests containers by reference", async (catalog) => {
    const { service } = freshNames();
    await catalog.put("storageService", { name: service, serviceType: "S3" });
    const bucket = (await catalog.put("container", { name: "bucket", service })).entity;
    const { entity } = await catalog.put("container", { name: "raw", service, parent: ref("container", bucket) });
    expect(entity.fullyQualifiedName).toBe(`"${service}".bucket.raw`);
    expect(entity).toMatchObject({ parent: { id: bucket.id }, service: { name: service } });
  });

  test("creates a topic and an ingestion pipeline", async (catalog) => {
    const { service } = freshNames();
    const kafka = (await catalog.put("messagingService", { name: service, serviceType: "Kafka" })).entity;
    const topic = (await catalog.put("topic", { name: "orders", service, partitions: 3 })).entity;
    expect(topic).toMatchObject({ partitions: 3, serviceType: "Kafka", fullyQualifiedName: `"${service}".orders` });
    const { entity } = await catalog.put("ingestionPipeline", {
      name: "metadata",
      pipelineType: "metadata",
      sourceConfig: { config: { type: "MessagingMetadata" } },
      airflowConfig: {},
      service: ref("messagingService", kafka),
    });
    expect(entity.fullyQualifiedName).toBe(`"${service}".metadata`);
  });

  test("refuses a field that the request does not have", async (catalog) => {
    const { service } = freshNames();
    const request = { name: service, serviceType: "Mysql", colour: "red" } as CreateRequest<"databaseService">;
    await expect(catalog.put("databaseService", request)).rejects.toMatchObject({ status: 400 });
  });
}

function updating(test: CatalogTest): void {
  test("the same request changes nothing", async (catalog) => {
    const { service } = freshNames();
    const schema = await addSchema(catalog, service);
    const first = await addTable(catalog, schema, "orders");
    const again = await catalog.put("table", { name: "orders", databaseSchema: schema, columns: [id, mail] });
    expect(again.outcome).toBe("unchanged");
    expect(again.entity).toMatchObject({ id: first.id, version: 0.1 });
  });

  test("a change keeps the id and raises the version", async (catalog) => {
    const { pipelines } = freshNames();
    const first = await addPipeline(catalog, pipelines);
    const { outcome, entity } = await catalog.put("pipeline", {
      name: "daily",
      service: pipelines,
      tasks: [{ name: "extract", downstreamTasks: ["load"] }, { name: "load" }],
      concurrency: 4,
    });
    expect(outcome).toBe("updated");
    expect(entity).toMatchObject({ id: first.id, version: 0.2, concurrency: 4 });
  });

  test("a description that is set is kept, an empty one is filled", async (catalog) => {
    const { pipelines } = freshNames();
    await addPipeline(catalog, pipelines);
    const put = (description: string) => catalog.put("pipeline", { name: "p", service: pipelines, description });
    await catalog.put("pipeline", { name: "p", service: pipelines });
    expect((await put("first")).entity.description).toBe("first");
    expect((await put("second")).entity.description).toBe("first");
  });

  test("owners are never removed", async (catalog) => {
    const { pipelines } = freshNames();
    await addPipeline(catalog, pipelines);
    const name = `u${pipelines}`.toLowerCase();
    const user = (await catalog.put("user", { name, email: `${name}@example.com` })).entity;
    await catalog.put("pipeline", { name: "p", service: pipelines, owners: [ref("user", user)] });
    await catalog.put("pipeline", { name: "p", service: pipelines, owners: [] });
    await catalog.put("pipeline", { name: "p", service: pipelines, displayName: "P" });
    const shown = await catalog.get("pipeline", fqnOf(pipelines, "p"), { fields: ["owners"] });
    expect(shown?.owners).toMatchObject([{ id: user.id, type: "user", name }]);
  });

  test("tags are united", async (catalog) => {
    const { pipelines } = freshNames();
    const classification = `Cls${pipelines}`;
    const gold = await addTag(catalog, classification, "Gold");
    const old = await addTag(catalog, classification, "Old");
    await addPipeline(catalog, pipelines);
    await catalog.put("pipeline", { name: "p", service: pipelines, tags: [label(old)] });
    await catalog.put("pipeline", { name: "p", service: pipelines, tags: [label(gold)] });
    const shown = await catalog.get("pipeline", fqnOf(pipelines, "p"), { fields: ["tags"] });
    expect(shown?.tags).toMatchObject([{ tagFQN: gold }, { tagFQN: old }]);
  });

  test("the task list is the whole truth, but descriptions of tasks stay", async (catalog) => {
    const { pipelines } = freshNames();
    await addPipeline(catalog, pipelines);
    const put = (...tasks: NonNullable<CreateRequest<"pipeline">["tasks"]>) =>
      catalog.put("pipeline", { name: "daily", service: pipelines, tasks });
    await put({ name: "extract", description: "by a person" }, { name: "load" });
    await put({ name: "extract", description: "by a robot" }, { name: "publish" });
    const shown = await catalog.get("pipeline", fqnOf(pipelines, "daily"), { fields: ["tasks"] });
    expect(
      ((shown?.tasks ?? []) as { name: string; description?: string }[]).map((task) => [task.name, task.description]),
    ).toEqual([
      ["extract", "by a person"],
      ["publish", undefined],
    ]);
  });

  test("the source hash is stored and answered", async (catalog) => {
    const { pipelines } = freshNames();
    await addPipeline(catalog, pipelines);
    await catalog.put("pipeline", { name: "p", service: pipelines, sourceHash: "a1" });
    await catalog.put("pipeline", { name: "p", service: pipelines, sourceHash: "b2" });
    expect((await catalog.get("pipeline", fqnOf(pipelines, "p")))?.sourceHash).toBe("b2");
  });
}

function many(test: CatalogTest): void {
  test("answers in the order of the requests and stores all", async (catalog) => {
    const schema = await addSchema(catalog, freshNames().service);
    const names = Array.from({ length: 25 }, (_, index) => `t${index}`);
    const results = await catalog.putMany(
      "table",
      names.map((name) => ({ name, databaseSchema: schema, columns: [id] })),
    );
    expect(results).toMatchObject(names.map((name) => ({ ok: true, fqn: childFqn(schema, name) })));
    const last = await catalog.get("table", childFqn(schema, "t24"));
    expect(last).toMatchObject({ name: "t24" });
    // Not every catalog tells ids.
    expect([undefined, last?.id]).toContain((results[24] as { id?: string }).id);
  });

  test("a bad item does not spoil the others", async (catalog) => {
    const schema = await addSchema(catalog, freshNames().service);
    const results = await catalog.putMany("table", [
      { name: "a", databaseSchema: schema, columns: [id] },
      { name: "b", databaseSchema: schema, columns: [{ name: "x", dataType: "VARCHAR" }] },
      { name: "c", databaseSchema: childFqn(schema, "nowhere"), columns: [id] },
      { name: "d", databaseSchema: schema, columns: [id] },
    ]);
    expect(results.map((result) => (result.ok ? 200 : result.status))).toEqual([200, 400, 404, 200]);
    expect(await catalog.get("table", childFqn(schema, "b"))).toBeUndefined();
    expect(await catalog.get("table", childFqn(schema, "d"))).toBeDefined();
  });

  test("types without a bulk route are written too", async (catalog) => {
    const { pipelines } = freshNames();
    await catalog.put("pipelineService", { name: pipelines, serviceType: "Airflow" });
    const results = await catalog.putMany("pipeline", [
      { name: "a", service: pipelines },
      { name: "b", service: pipelines },
    ]);
    expect(results).toMatchObject([
      { ok: true, fqn: fqnOf(pipelines, "a") },
      { ok: true, fqn: fqnOf(pipelines, "b") },
    ]);
    expect(await catalog.putMany("pipeline", [])).toEqual([]);
  });
}
