import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf, metadataRecord, type EntityKey, type LineageRemovalRecord } from "@omd/schema";
import nock from "nock";
import { FakeAirflow, type FakeVersion } from "./fake-airflow.ts";
import { FakeWorld, restConnection, type FakeRun } from "./fake-context.ts";

const versions: readonly FakeVersion[] = ["v1", "v2"];

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const table = (name: string): EntityKey => ({ entityType: "table", fqn: fqnOf("t", name) });
const removals = (run: FakeRun): LineageRemovalRecord[] => run.records.filter((one) => one.kind === "lineageRemoval");
const shown = (run: FakeRun): string[] =>
  removals(run).map(({ from, to, pipeline }) => `${from.fqn}>${to.fqn} ${pipeline?.fqn ?? "-"}`);
const edges = (run: FakeRun): string[] => run.edges().map(({ from, to }) => `${from.fqn}>${to.fqn}`);

/** Three DAGs: bulk_0000 makes out of in, bulk_0001 and bulk_0002 are joined by a dataset that the catalog does not know. */
async function seeded(version: FakeVersion) {
  const airflow = FakeAirflow.many(version, 3, 1);
  const consumer = version === "v1" ? "consuming_dags" : "scheduled_dags";
  const writer = (dag_id: string) => [{ dag_id, task_id: "t" }];
  airflow.datasets = [
    { uri: "in", producing_tasks: [], [consumer]: [{ dag_id: "bulk_0000" }] },
    { uri: "out", producing_tasks: writer("bulk_0000"), [consumer]: [] },
    { uri: "unknown", producing_tasks: writer("bulk_0001"), [consumer]: [{ dag_id: "bulk_0002" }] },
  ];
  const world = new FakeWorld();
  world.datasets.set("in", table("in")).set("out", table("out"));
  const first = await world.run(restConnection(airflow.host));
  expect(edges(first)).toEqual(["t.in>t.out", "af.bulk_0001>af.bulk_0002"]);
  const run = (given: Parameters<FakeWorld["run"]>[1] = {}) => world.run(restConnection(airflow.host), given);
  return { airflow, world, run };
}

describe.each(versions)("edges that are gone at the source, API %s", (version) => {
  test("are removed once, with the pipeline that made them, and forgotten after that", async () => {
    const { airflow, world, run } = await seeded(version);
    airflow.datasets.splice(0, 1);
    const second = await run();
    expect(shown(second)).toEqual(["t.in>t.out af.bulk_0000"]);
    expect(edges(second)).toEqual(["af.bulk_0000>t.out"]);
    for (const record of removals(second)) expect(metadataRecord.safeParse(record).error).toBeUndefined();
    const third = await run();
    expect([removals(third), third.edges(), third.forgotten.size]).toEqual([[], [], 1]);
    expect([...world.marks.keys()].filter((key) => key.startsWith("edge/"))).toHaveLength(2);
  });

  test("and those that stay are drawn again only when the workflow writes in another way", async () => {
    const { world, run } = await seeded(version);
    expect(edges(await run())).toEqual([]);
    world.fingerprint = "another";
    const again = await run();
    expect([edges(again), removals(again)]).toEqual([["t.in>t.out", "af.bulk_0001>af.bulk_0002"], []]);
  });

  test("between pipelines are removed too", async () => {
    const { airflow, run } = await seeded(version);
    airflow.datasets.splice(2, 1);
    expect(shown(await run())).toEqual(["af.bulk_0001>af.bulk_0002 -"]);
  });

  test("a removal that the catalog refused is sent again", async () => {
    const { airflow, run } = await seeded(version);
    airflow.datasets.splice(2, 1);
    await run({ refuse: (record) => record.kind === "lineageRemoval" });
    expect(removals(await run())).toHaveLength(1);
    expect(removals(await run())).toHaveLength(0);
  });

  test("an edge that comes back after its removal is sent", async () => {
    const { airflow, run } = await seeded(version);
    const [dataset] = airflow.datasets.splice(2, 1);
    await run();
    airflow.datasets.push(dataset ?? {});
    expect(edges(await run())).toEqual(["af.bulk_0001>af.bulk_0002"]);
  });

  test("go with their DAG", async () => {
    const { airflow, run } = await seeded(version);
    airflow.dags.splice(0, 1);
    expect(shown(await run())).toEqual(["t.in>t.out af.bulk_0000"]);
  });

  test("an edge of the same pair that another DAG makes is sent again behind the removal", async () => {
    const { airflow, run } = await seeded(version);
    const [input, output] = airflow.datasets;
    const consumer = version === "v1" ? "consuming_dags" : "scheduled_dags";
    Object.assign(input ?? {}, { [consumer]: [{ dag_id: "bulk_0000" }, { dag_id: "bulk_0001" }] });
    Object.assign(output ?? {}, {
      producing_tasks: ["bulk_0000", "bulk_0001"].map((dag_id) => ({ dag_id, task_id: "t" })),
    });
    await run();
    airflow.dags.splice(0, 1);
    const kinds = (await run()).records.flatMap((one) =>
      one.kind === "lineage" || one.kind === "lineageRemoval" ? [`${one.kind} ${one.pipeline?.fqn ?? "-"}`] : [],
    );
    expect(kinds).toEqual(["lineageRemoval af.bulk_0000", "lineage af.bulk_0001"]);
  });

  test("what a table in place of an unknown dataset supersedes is removed", async () => {
    const { world, run } = await seeded(version);
    world.datasets.set("unknown", table("known"));
    const second = await run();
    expect(edges(second).toSorted()).toEqual(["af.bulk_0001>t.known", "t.known>af.bulk_0002"]);
    expect(shown(second)).toEqual(["af.bulk_0001>af.bulk_0002 -"]);
  });
});

describe.each(versions)("edges stay, API %s,", (version) => {
  const stays = async (change: (made: Awaited<ReturnType<typeof seeded>>) => unknown, given = {}): Promise<FakeRun> => {
    const made = await seeded(version);
    const before = new Map(made.world.marks);
    await change(made);
    const run = await made.run(given);
    expect([removals(run), [...run.forgotten].filter((key) => key.startsWith("edge/"))]).toEqual([[], []]);
    for (const [key] of before) if (key.startsWith("edge/")) expect(made.world.marks.has(key)).toBe(true);
    return run;
  };

  test("when a table left the catalog", async () => {
    const run = await stays(({ world }) => world.datasets.delete("out"));
    expect(run.unresolved.map(({ to }) => to)).toContain("out");
  });

  test("when the list of datasets broke off", async () => {
    const run = await stays(({ airflow }) => {
      airflow.datasets.splice(0, 3);
      airflow.fail(/(?:assets|datasets)$/u, 500);
    });
    expect(run.scope("airflow/datasets").state).toBe("failed");
  });

  test("when the list of datasets is shorter than announced", async () => {
    const run = await stays(({ airflow }) => {
      airflow.rules.push(({ path, query }) => {
        if (!/(?:assets|datasets)$/u.test(path)) return undefined;
        const rows = query.get("offset") === "0" ? airflow.datasets.slice(1) : [];
        return { status: 200, body: { [path.split("/").at(-1) ?? ""]: rows, total_entries: 3 } };
      });
    });
    expect(run.scope("airflow/datasets").state).not.toBe("complete");
  });

  test("when the list of DAGs broke off", async () => {
    const run = await stays(({ airflow }) => {
      airflow.datasets.splice(0, 3);
      airflow.fail(/\/dags$/u, 500);
    });
    expect(run.scope("airflow/dags").state).toBe("failed");
  });

  test("when hidden DAGs cannot be told from deleted ones", async () => {
    const run = await stays(({ airflow }) => {
      airflow.dags.splice(0, 1);
      airflow.importErrors = [{ filename: "broken.py", stack_trace: "boom" }];
      airflow.rules.push(({ query }) =>
        query.get("only_active") === "false" || query.get("exclude_stale") === "false" ? { status: 500 } : undefined,
      );
    });
    expect(run.scope("airflow/dags").state).toBe("partial");
  });

  test("when an import error hides their DAG, though nothing is to be marked deleted", async () => {
    const flags = version === "v1" ? { is_active: false } : { is_stale: true };
    await stays(
      ({ airflow }) => {
        Object.assign(airflow.dags[0] ?? {}, flags, { has_import_errors: true });
        airflow.importErrors = [{ filename: "broken.py", stack_trace: "boom" }];
        airflow.datasets.splice(0, 1);
      },
      { options: { markDeletedPipelines: false } },
    );
  });

  test("when their DAG is filtered out", async () => {
    const options = { pipelineFilterPattern: { excludes: ["bulk_0000", "bulk_0002"] } };
    await stays(({ airflow }) => airflow.datasets.splice(0, 1), { options });
  });

  test("when the run is restricted to some DAGs or to a number of them", async () => {
    const empty = ({ airflow }: { airflow: FakeAirflow }) => airflow.datasets.splice(0, 3);
    await stays(empty, { selection: { only: [fqnOf("af", "bulk_0000")] } });
    nock.cleanAll();
    await stays(empty, { selection: { only: [], limit: 3 } });
  });

  test("when lineage is not wanted", async () => {
    await stays(({ airflow }) => airflow.datasets.splice(0, 3), { options: { includeLineage: false } });
  });
});

describe("marks of edges", () => {
  test("of another form are forgotten without a removal when the edge is gone", async () => {
    const { airflow, world, run } = await seeded("v2");
    for (const key of [...world.marks.keys()].filter((one) => one.startsWith("edge/"))) world.marks.set(key, "abc 123");
    airflow.datasets.splice(0, 3);
    const second = await run();
    expect([removals(second).length, second.forgotten.size]).toEqual([0, 2]);
  });

  test("an edge with another reason is written again, so that its reason is known", async () => {
    const { airflow, world, run } = await seeded("v1");
    world.datasets.set("other", table("in"));
    const [input] = airflow.datasets;
    airflow.datasets.push({ ...input, uri: "other" });
    expect(edges(await run())).toEqual(["t.in>t.out"]);
    airflow.datasets.splice(0, 1);
    world.datasets.delete("other");
    expect(removals(await run())).toEqual([]);
  });
});

describe("lineageInformation", () => {
  test.each([
    [{ messagingServiceNames: ["t"] }, 2],
    [{ dbServiceNames: ["other"], messagingServiceNames: ["t"] }, 2],
    [{ dbServiceNames: ["other"] }, 1],
  ])("%j lets datasets of its services in only", async (lineageInformation, count) => {
    const { airflow, world } = await seeded("v2");
    world.marks.clear();
    const run = await world.run(restConnection(airflow.host), { options: { lineageInformation } });
    expect(run.edges()).toHaveLength(count);
  });
});

describe("overrideLineage", () => {
  const options = { overrideLineage: true };

  test("sends every edge in every run, to replace what was there", async () => {
    const { run } = await seeded("v2");
    const second = await run({ options });
    expect(second.edges().map((edge) => [edge.from.fqn, edge.override])).toEqual([
      ["t.in", true],
      ["af.bulk_0001", true],
    ]);
    expect((await run()).edges()).toEqual([]);
  });

  test("does not clear a pipeline whose edges this run does not read", async () => {
    const { run } = await seeded("v2");
    const filter = { pipelineFilterPattern: { excludes: ["bulk_0002"] } };
    const second = await run({ options: { ...options, ...filter } });
    expect(second.edges().map((edge) => [edge.from.fqn, edge.override])).toEqual([
      ["t.in", true],
      ["af.bulk_0001", undefined],
    ]);
  });

  test("without it no edge overrides", async () => {
    const { airflow, world } = await seeded("v2");
    const run = await world.run(restConnection(airflow.host, { taskMaxAgeHours: 0 }));
    expect(run.edges().map((edge) => edge.override)).toEqual([undefined, undefined]);
  });
});
