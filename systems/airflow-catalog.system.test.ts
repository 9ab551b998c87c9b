import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { encodeName, fqnOf } from "@omd/schema";
import {
  airflowConfig,
  airflows,
  difference,
  env,
  readFacts,
  same,
  Workplace,
  type Facts,
  type OmdResult,
} from "./omd.ts";

/** A real Airflow into the embedded catalog, by the command line; compared with what Airflow's own database says. */

interface ExportedLine {
  kind: string;
  [field: string]: unknown;
}

interface ExportedTask {
  name: string;
  taskType?: string;
  downstreamTasks?: string[];
}

function lines(text: string): ExportedLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ExportedLine);
}

const expectedState: Record<string, string> = {
  success: "Successful",
  failed: "Failed",
  running: "Pending",
  queued: "Pending",
};

/** OpenMetadata wants one status a task: failed if any index failed, else pending if any is unfinished. */
function expectedTaskStates(instances: Facts["dags"][string]["runs"][number]["taskInstances"]): Record<string, string> {
  const order = ["Failed", "Pending", "Successful", "Skipped"];
  const states: Record<string, string> = {};
  for (const { task_id: name, state } of instances) {
    if (state === "removed") continue;
    const mapped =
      state === "success"
        ? "Successful"
        : state === "skipped"
          ? "Skipped"
          : state === "failed" || state === "upstream_failed"
            ? "Failed"
            : "Pending";
    const known = states[name];
    states[name] = known === undefined || order.indexOf(mapped) < order.indexOf(known) ? mapped : known;
  }
  return states;
}

describe.each(airflows)("$name", ({ prefix, secondRunShare }) => {
  const place = new Workplace();
  let facts: Facts;
  let first: OmdResult;
  let second: OmdResult;
  let firstExport: string;
  const pipelines = new Map<string, Record<string, unknown>>();

  beforeAll(async () => {
    facts = readFacts(prefix);
    place.file("airflow.yaml", airflowConfig(env(`${prefix}_URL`)));
    first = await place.omd(["ingest", "-c", "airflow.yaml"]);
    firstExport = await place.exportCatalog();
    second = await place.omd(["ingest", "-c", "airflow.yaml"]);
    const listed = await place.omd(["catalog", "list", "--type", "pipeline", "--json"]);
    for (const entity of JSON.parse(listed.stdout) as Record<string, unknown>[]) {
      const name = String(entity["name"]);
      // Hundreds of generated DAGs are alike; a few of them are enough to look into.
      if (!name.startsWith("many_") || name.endsWith("7"))
        pipelines.set(name, await place.entity("pipeline", String(entity["fullyQualifiedName"])));
      else pipelines.set(name, entity);
    }
  }, 600_000);

  test("the run is complete and says so", () => {
    expect(first.stderr).not.toContain("Error");
    expect(first.code).toBe(0);
    expect(first.report?.outcome).toBe("complete");
    expect(first.report?.scopes.every((scope) => scope.state === "complete")).toBe(true);
  });

  test("all DAGs are there, over several pages, and no others", () => {
    expect(facts.counts.dags).toBeGreaterThan(100);
    expect([...pipelines.keys()].toSorted()).toEqual(Object.keys(facts.dags).map(encodeName).toSorted());
  });

  test("tasks, their types and their edges are those of the serialized DAGs", () => {
    for (const [id, dag] of Object.entries(facts.dags)) {
      const tasks = pipelines.get(encodeName(id))?.["tasks"] as ExportedTask[] | undefined;
      if (tasks === undefined && id.startsWith("many_")) continue;
      const found = Object.fromEntries(
        (tasks ?? []).map((task) => [
          task.name,
          { type: task.taskType, downstream: (task.downstreamTasks ?? []).toSorted() },
        ]),
      );
      const expected = Object.fromEntries(
        Object.entries(dag.tasks).map(([name, task]) => [name, { type: task.operator, downstream: task.downstream }]),
      );
      expect({ id, found }).toEqual({ id, found: expected });
    }
  });

  test("state, tags and owners are those of the database", () => {
    for (const [id, dag] of Object.entries(facts.dags)) {
      const entity = pipelines.get(encodeName(id)) ?? {};
      if (entity["tasks"] === undefined) continue;
      const tags = (entity["tags"] as { tagFQN: string }[] | undefined) ?? [];
      const owners = (entity["owners"] as { name: string; displayName?: string }[] | undefined) ?? [];
      expect({
        id,
        state: entity["state"],
        tags: tags.map((tag) => tag.tagFQN).toSorted(),
        owners: owners.map((owner) => owner.displayName ?? owner.name).toSorted(),
      }).toEqual({
        id,
        state: dag.paused ? "Inactive" : "Active",
        tags: dag.tags.map((tag) => fqnOf("AirflowTags", encodeName(tag))).toSorted(),
        owners: [...new Set(dag.owners.flatMap((owner) => owner.split(",").map((part) => part.trim())))].toSorted(),
      });
    }
  });

  test("every run has its state, and every task of it", () => {
    const statuses = lines(firstExport).filter((line) => line.kind === "pipelineStatus");
    const found = new Map(statuses.map((line) => [`${String(line["pipeline"])} ${String(line["executionId"])}`, line]));
    let compared = 0;
    for (const [id, dag] of Object.entries(facts.dags)) {
      if (dag.runs.length > 10) continue;
      for (const run of dag.runs) {
        const status = found.get(`${fqnOf("af", encodeName(id))} ${run.run_id}`);
        const tasks = (status?.["taskStatus"] as { name: string; executionStatus: string }[] | undefined) ?? [];
        expect({
          run: `${id} ${run.run_id}`,
          state: status?.["executionStatus"],
          tasks: Object.fromEntries(tasks.map((task) => [task.name, task.executionStatus])),
        }).toEqual({
          run: `${id} ${run.run_id}`,
          state: expectedState[run.state],
          tasks: expectedTaskStates(run.taskInstances),
        });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(15);
  });

  test("import errors are warnings that name the file", () => {
    expect(facts.importErrors.length).toBeGreaterThan(0);
    for (const file of facts.importErrors)
      expect(first.report?.warnings.some((warning) => file.endsWith(warning.name))).toBe(true);
  });

  test("each dataset edge is written or counted with its reason", () => {
    const edges = lines(firstExport).filter((line) => line.kind === "lineage").length;
    expect(edges + (first.report?.unresolvedCount ?? 0)).toBeGreaterThan(0);
    for (const edge of first.report?.unresolved ?? []) expect(edge.reason).not.toBe("");
    // Producer and consumer of a dataset that no table is known for are linked all the same.
    expect(firstExport).toContain("chain_2_clean");
    expect(edges).toBeGreaterThan(0);
  });

  test("a second run writes nothing and asks for little", () => {
    expect(second.code).toBe(0);
    expect(second.report?.writes).toEqual(expect.objectContaining({ created: 0, updated: 0, restored: 0, deleted: 0 }));
    const calls = (result: OmdResult): number => result.report?.http["airflow"]?.calls ?? Number.NaN;
    expect(calls(second) / calls(first)).toBeLessThanOrEqual(secondRunShare);
  });

  test("a second run leaves the catalog as it was", async () => {
    expect(difference(await place.exportCatalog(), firstExport)).toEqual(same);
  });

  test("a filter is applied before anything is fetched for a DAG", async () => {
    const other = new Workplace();
    other.file(
      "airflow.yaml",
      airflowConfig(env(`${prefix}_URL`), { options: { pipelineFilterPattern: { includes: ["^bakery_daily$"] } } }),
    );
    const { report, code } = await other.omd(["ingest", "-c", "airflow.yaml"]);
    expect(code).toBe(0);
    expect(report?.steps[0]?.filtered).toBe(facts.counts.dags - 1);
    expect(report?.http["airflow"]?.calls).toBeLessThan(50);
  });

  test("`omd check` passes each step", async () => {
    const { code, stdout } = await place.omd(["check", "-c", "airflow.yaml", "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { passed: boolean }).passed).toBe(true);
  });

  test("a wrong password is named as such, with exit 1, and nothing is written", async () => {
    const other = new Workplace();
    const config = JSON.parse(
      JSON.stringify(airflowConfig(env(`${prefix}_URL`))).replaceAll(env("OMD_AIRFLOW_PASSWORD"), "wrong-password"),
    ) as object;
    other.file("airflow.yaml", config);
    const { code, report } = await other.omd(["ingest", "-c", "airflow.yaml"]);
    expect(code).toBe(1);
    expect(report?.reasons[0]).toContain("CheckAccess");
    expect(report?.writes.created).toBe(0);
  });

  test("a DAG that is gone is marked deleted, and comes back when it does", async () => {
    const script = env("OMD_AIRFLOW_SCRIPT");
    const airflow = (command: string): void => {
      const port = { OMD_AIRFLOW_PORT: env(`${prefix}_PORT`) };
      const { status, stderr } = spawnSync("bash", [script, command, env(`${prefix}_VERSION`)], {
        env: { ...process.env, ...port },
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`airflow.sh ${command}: ${stderr}`);
    };
    airflow("drop-dag");
    try {
      const { report, code } = await place.omd(["ingest", "-c", "airflow.yaml"]);
      expect(code).toBe(0);
      expect(report?.deletes.done).toEqual(["af.omd_removable"]);
    } finally {
      airflow("restore-dag");
    }
    const { report } = await place.omd(["ingest", "-c", "airflow.yaml"]);
    expect(report?.writes.restored).toBe(1);
    expect(report?.deletes.done).toEqual([]);
  }, 600_000);
});
