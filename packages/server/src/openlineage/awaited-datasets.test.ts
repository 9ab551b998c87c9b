import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { fqnOf } from "@omd/schema";
import { addTables, OpenLineageApp, runEvent } from "../../test/openlineage-app.ts";
import { startServer, type RunningServer } from "../serve.ts";

const event = (job: string, inputs: readonly string[], outputs: readonly string[]): object => {
  const at = (uri: string): object => {
    const [, namespace = "", name = ""] = /^(\w+:\/\/[^/]+)\/(.+)$/.exec(uri) ?? [];
    return { namespace, name };
  };
  return { ...runEvent, job: { namespace: "n", name: job }, inputs: inputs.map(at), outputs: outputs.map(at) };
};
const pg = "postgres://h:5432/db.s";

describe("in a running server", () => {
  let server: OpenLineageApp;
  beforeEach(() => {
    server = new OpenLineageApp();
  });
  afterEach(() => server.close());

  test("only the events that wait for what came are applied again", async () => {
    await server.addTables("pg", "Postgres", "db", { "s.in": ["x"] });
    await server.sendAll([
      event("one", [`${pg}.in`], [`${pg}.Out`]),
      event("two", [`${pg}.in`], ["kafka://broker:9092/out"]),
    ]);
    await server.events();
    await server.addTables("pg", "Postgres", "db", { "s.out": ["x"] });
    expect(server.catalog.events.waiting(10, 1_000_000).map(({ id }) => id)).toEqual([1]);
    expect((await server.events()).map(({ id, applied }) => [id, applied])).toEqual([
      ["2", false],
      ["1", true],
    ]);
    expect(await server.edges()).toEqual(["pg.db.s.in > pg.db.s.out (OpenLineage, openlineage.n-one)"]);
  });

  test("a directory above a file counts, and so does a topic", async () => {
    await server.send(event("one", ["s3://lake/in/day/1.csv"], ["kafka://broker:9092/out"]));
    await server.events();
    await server.catalog.put("storageService", { name: "lake", serviceType: "S3" });
    await server.catalog.put("container", { name: "in", service: "lake", fullPath: "s3://lake/in" });
    await server.events();
    expect(await server.edges()).toEqual([]);
    await server.catalog.put("messagingService", { name: "kafka", serviceType: "Kafka" });
    await server.catalog.put("topic", { name: "out", service: "kafka", partitions: 1 });
    await server.events();
    expect(await server.edges()).toEqual(["lake.in > kafka.out (OpenLineage, openlineage.n-one)"]);
  });

  test("a table of the same name elsewhere is looked at and changes nothing", async () => {
    await server.addTables("pg", "Postgres", "db", { "s.in": ["x"] });
    await server.send(event("one", [`${pg}.in`], [`${pg}.out`]));
    const [before] = await server.events();
    await server.addTables("my", "Mysql", "db", { "s.out": ["x"] });
    const [after] = await server.events();
    expect(after?.applied).toBe(false);
    expect(after?.note).not.toEqual(before?.note);
    expect(await server.edges()).toEqual([]);
  });
});

/** A server that calls `before` and `after` when it notes what became of events. */
function whenSettling(hooks: {
  before?: () => Promise<void>;
  after?: (ids: readonly number[], catalog: EmbeddedCatalog) => Promise<void>;
}): OpenLineageApp {
  return new OpenLineageApp((catalog) => ({
    writer: new Proxy(catalog, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name, target);
        if (typeof method !== "function") return method;
        return async (...args: unknown[]): Promise<unknown> => {
          const isSettling = name === "writeEvents" && args[0] === "settle";
          if (isSettling) await hooks.before?.();
          const answer: unknown = await Reflect.apply(method, target, args);
          const [results = []] = isSettling ? (args[1] as [{ id: number }[]]) : [];
          const ids = results.map(({ id }) => id);
          if (isSettling) await hooks.after?.(ids, catalog);
          return answer;
        };
      },
    }),
  }));
}

test("an event that is woken again and again holds up no other", async () => {
  const turns: number[] = [];
  const server = whenSettling({
    after: async (ids, catalog) => {
      turns.push(...ids);
      if (turns.length < 400)
        for (const id of ids.filter((one) => one <= 100)) await catalog.writeEvents("again", [id]);
    },
  });
  try {
    const events = Array.from({ length: 150 }, () => ({ ...runEvent, run: { runId: randomUUID() } }));
    await server.sendAll(events);
    await server.events();
    expect(turns.slice(0, 150)).toEqual(Array.from({ length: 150 }, (_, at) => at + 1));
    expect(turns.slice(150, 250)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    expect(server.catalog.events.waiting(1, 0)).toEqual([]);
  } finally {
    await server.close();
  }
});

test("what comes while an event is looked at is not missed", async () => {
  let late: (() => Promise<void>) | undefined;
  const server = whenSettling({
    before: async () => {
      const add = late;
      late = undefined;
      await add?.();
    },
  });
  try {
    await server.addTables("pg", "Postgres", "db", { "s.in": ["x"] });
    late = () => server.addTables("pg", "Postgres", "db", { "s.out": ["x"] });
    await server.send(event("one", [`${pg}.in`], [`${pg}.out`]));
    expect((await server.events()).map(({ applied }) => applied)).toEqual([true]);
    expect(late).toBeUndefined();
  } finally {
    await server.close();
  }
});

describe("with another process that writes the file", () => {
  let omdHome: string;
  let server: RunningServer | undefined;
  beforeEach(() => {
    omdHome = mkdtempSync(join(tmpdir(), "omd-awaited-"));
  });
  afterEach(async () => {
    await server?.close();
    rmSync(omdHome, { recursive: true });
  });

  const start = async (): Promise<string> => {
    server = await startServer({ omdHome, port: 0 });
    return server.url;
  };
  const ingest = async (tables: Readonly<Record<string, readonly string[]>>): Promise<void> => {
    const catalog = openEmbeddedCatalog({ file: join(omdHome, "catalog.db") });
    await addTables(catalog, "pg", "Postgres", "db", tables);
    await catalog.close();
  };
  const applied = async (url: string): Promise<boolean> => {
    const answer = (await (await fetch(`${url}/api/omd/events/1`)).json()) as { applied: boolean };
    return answer.applied;
  };
  const untilApplied = async (url: string): Promise<void> => {
    while (!(await applied(url))) await new Promise((resolve) => setTimeout(resolve, 100));
  };
  const send = (url: string): Promise<Response> =>
    fetch(`${url}/api/v1/lineage`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event("one", [`${pg}.in`], [`${pg}.out`])),
    });

  test("what it brings while the server runs is noticed", async () => {
    const url = await start();
    expect((await send(url)).status).toBe(201);
    await ingest({ "s.in": ["x"] });
    expect(await applied(url)).toBe(false);
    await ingest({ "s.out": ["x"] });
    await untilApplied(url);
  });

  test("what it brought before the server started is noticed at the start", async () => {
    const first = await start();
    await send(first);
    await ingest({ "s.in": ["x"] });
    await server?.close();
    await ingest({ "s.out": ["x"] });
    const url = await start();
    await untilApplied(url);
    const edges = await fetch(`${url}/api/v1/lineage/table/name/${fqnOf("pg", "db", "s", "in")}?downstreamDepth=1`);
    expect(await edges.json()).toMatchObject({ nodes: [{ fullyQualifiedName: "pg.db.s.out" }] });
  });
});
