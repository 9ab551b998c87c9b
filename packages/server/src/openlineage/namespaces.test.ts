import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openEmbeddedCatalog } from "@omd/catalog";
import { NamespaceServices } from "@omd/lineage";
import { addTables, OpenLineageApp, runEvent } from "../../test/openlineage-app.ts";
import { startServer } from "../serve.ts";
import { loadNamespaces } from "./namespaces.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omd-namespaces-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (text: string, name = "ns.yaml"): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe("the file", () => {
  test("names a service or several for each namespace", async () => {
    const text = `namespaceToServiceMapping:
  postgres://db:5432: shop
  "s3://": lake
  mysql://h:3306: [orders, crm]
`;
    const namespaces = await loadNamespaces(fileOf(text));
    expect(namespaces.of("postgres://db:5432")).toEqual(["shop"]);
    expect(namespaces.of("s3://bucket")).toEqual(["lake"]);
    expect(namespaces.of("mysql://h:3306")).toEqual(["orders", "crm"]);
    expect(namespaces.of("kafka://b:9092")).toEqual([]);
  });

  test("may be JSON", async () => {
    const path = fileOf('{"namespaceToServiceMapping": {"wh": "dwh"}}', "ns.json");
    expect((await loadNamespaces(path)).of("wh")).toEqual(["dwh"]);
  });

  test.each([
    ["", "ns.yaml:1:1: the file is empty"],
    ["- wh\n", "ns.yaml:1:1: must be a map of keys, such as `namespaceToServiceMapping:`"],
    ["a: [\n", /ns\.yaml:\d+:\d+: is not valid YAML/],
    ["wh: dwh\n", "ns.yaml:1:1 wh: unknown key"],
    ["wh: dwh\n", "ns.yaml:1:1 namespaceToServiceMapping: missing key"],
    [
      "namespaceToServicesMapping: {wh: dwh}\n",
      "namespaceToServicesMapping: unknown key (did you mean namespaceToServiceMapping?)",
    ],
    ["namespaceToServiceMapping:\n  wh:\n", "ns.yaml:2:6 namespaceToServiceMapping.wh: expected text, got nothing"],
    ["namespaceToServiceMapping:\n  wh: 5\n", "namespaceToServiceMapping.wh: expected text, got a number"],
    ["namespaceToServiceMapping:\n  wh: []\n", "namespaceToServiceMapping.wh: the list names no service"],
    ["namespaceToServiceMapping:\n  wh: ''\n", "namespaceToServiceMapping.wh: expected the name of a service"],
    ["namespaceToServiceMapping:\n  wh: [a, 1]\n", "namespaceToServiceMapping.wh[1]: expected text, got a number"],
    [
      "namespaceToServiceMapping:\n  postgres://db/: a\n  POSTGRES://db: b\n",
      "ns.yaml:3:18 namespaceToServiceMapping.POSTGRES://db: is the same namespace as postgres://db/",
    ],
    ["namespaceToServiceMapping:\n  wh: a\n  wh: b\n", "ns.yaml:3:3: duplicate key wh"],
    ["namespaceToServiceMapping:\n  wh: ${OMD_NOT_SET}\n", "OMD_NOT_SET"],
  ])("%j is refused: %s", async (text, message) => {
    const error: unknown = await loadNamespaces(fileOf(text)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "ConfigError", code: "OMD_CONFIG" });
    const told = (error as Error).message.replaceAll(`${folder}/`, "");
    if (typeof message === "string") expect(told).toContain(message);
    else expect(told).toMatch(message);
  });

  test("must be there", async () => {
    await expect(loadNamespaces(join(folder, "none.yaml"))).rejects.toThrow("none.yaml: file not found");
  });
});

describe("events", () => {
  let server: OpenLineageApp;
  afterEach(() => server.close());

  const serve = async (mapping: Readonly<Record<string, readonly string[]>>): Promise<void> => {
    server = new OpenLineageApp({ namespaces: new NamespaceServices(mapping) });
    await server.addTables("east", "Postgres", "db", { "s.a": ["x"], "s.b": ["x"] });
    await server.addTables("west", "Postgres", "db", { "s.a": ["x"], "s.b": ["x"] });
  };
  const send = async (namespace: string, ...[from, to]: readonly [string, string]): Promise<string[]> => {
    const [inputs, outputs] = [[{ namespace, name: from }], [{ namespace, name: to }]];
    await server.send({ ...runEvent, inputs, outputs });
    await server.events();
    return server.edges();
  };

  test("of a namespace that is not said to mean anything are resolved as before", async () => {
    await serve({ "postgres://east:5432": ["east"] });
    expect(await send("postgres://west:5432", "db.s.a", "db.s.b")).toEqual([]);
    expect((await server.events())[0]?.note).toContain("ambiguous");
  });

  test("of one that is go to its service", async () => {
    await serve({ "postgres://h1": ["east"], "postgres://h2": ["west"] });
    expect(await send("postgres://h2:5432", "db.s.a", "db.s.b")).toEqual([
      "west.db.s.a > west.db.s.b (OpenLineage, openlineage.n-etl)",
    ]);
  });

  test("of one with a scheme that nobody knows too", async () => {
    await serve({ "cratedb://h": ["east"] });
    expect(await send("cratedb://h:4200", "db.s.a", "DB.S.B")).toEqual([
      "east.db.s.a > east.db.s.b (OpenLineage, openlineage.n-etl)",
    ]);
  });

  test("are told which service does not have it", async () => {
    await serve({ "postgres://h": ["east", "gone"] });
    expect(await send("postgres://h:5432", "db.s.a", "db.s.c")).toEqual([]);
    expect((await server.events())[0]?.note).toContain("none of the database services east, gone has db.s.c");
  });

  test("wait for what comes to the service", async () => {
    await serve({ wh: ["kafka"] });
    expect(await send("wh", "in", "orders.v1")).toEqual([]);
    await server.catalog.put("messagingService", { name: "kafka", serviceType: "Kafka" });
    await server.catalog.put("topic", { name: "in", service: "kafka", partitions: 1 });
    await server.catalog.put("topic", { name: "orders.v1", service: "kafka", partitions: 1 });
    await server.events();
    expect(await server.edges()).toEqual(['kafka.in > kafka."orders.v1" (OpenLineage, openlineage.n-etl)']);
  });

  test("of a job take the pipeline of the service that its namespace means", async () => {
    await serve({ n: ["airflow"], "postgres://h": ["east"] });
    await server.catalog.put("pipelineService", { name: "airflow", serviceType: "Airflow" });
    await server.catalog.put("pipeline", { name: "etl", service: "airflow" });
    expect(await send("postgres://h", "db.s.a", "db.s.b")).toEqual([
      "east.db.s.a > east.db.s.b (OpenLineage, airflow.etl)",
    ]);
  });
});

test("another mapping is tried on what is kept, the same one is not; services that are not there are told", async () => {
  const omdHome = join(folder, "home");
  const catalog = openEmbeddedCatalog({ file: join(omdHome, "catalog.db") });
  for (const service of ["east", "west"]) await addTables(catalog, service, "Postgres", "db", { "s.a": ["x"] });
  await addTables(catalog, "west", "Postgres", "db", { "s.b": ["x"] });
  await catalog.close();
  const told: string[] = [];
  const withServer = async <T>(mapping: string, work: (url: string) => Promise<T>): Promise<T> => {
    const namespacesFile = fileOf(`namespaceToServiceMapping:\n  ${mapping}\n`);
    const server = await startServer({ omdHome, port: 0, namespacesFile, log: (text) => told.push(text) });
    try {
      return await work(server.url);
    } finally {
      await server.close();
    }
  };
  const event = async (url: string): Promise<{ applied: boolean; note?: string }> => {
    const shown = await fetch(`${url}/api/omd/events/1`);
    return (await shown.json()) as { applied: boolean; note?: string };
  };
  const settled = async (url: string): Promise<{ applied: boolean; note?: string }> => {
    const found = await event(url);
    if (found.note !== "waits to be applied") return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return settled(url);
  };
  await withServer("postgres://other: esat", async (url) => {
    const at = (name: string): object[] => [{ namespace: "postgres://h:5432", name }];
    const body = JSON.stringify({ ...runEvent, inputs: at("db.s.a"), outputs: at("db.s.b") });
    await fetch(`${url}/api/v1/lineage`, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect(await settled(url)).toMatchObject({ applied: false });
  });
  expect(told).toEqual([expect.stringContaining("no service esat (did you mean east?)")]);
  await withServer("postgres://h: west", async (url) => {
    expect(await settled(url)).toMatchObject({ applied: true });
  });
  const reader = openEmbeddedCatalog({ file: join(omdHome, "catalog.db") });
  expect(await reader.writeEvents("mapped", [new NamespaceServices({ "postgres://h": ["west"] }).key])).toBe(0);
  await reader.close();
});
