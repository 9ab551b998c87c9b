import { beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { config, lister, service, WorkflowWorld, type Iter } from "../../test/workflow-world.ts";
import { right, type SourceConfig, type SourceContext } from "../contracts/index.ts";
import type { WorkflowRuntime } from "./runtime.ts";

let world: WorkflowWorld;
const workflow: WorkflowWorld["workflow"] = (...given) => world.workflow(...given);
const execute: WorkflowWorld["execute"] = (...given) => world.execute(...given);

beforeEach(() => {
  world = new WorkflowWorld();
});

describe("of a source that takes no notice of --only and --limit", () => {
  const wanted = (only: string[], limit?: number): WorkflowRuntime => ({
    selection: { only: only.map((name) => fqnOf("svc", name)), limit },
  });
  let closedWell: boolean;
  const ignorant: Iter = async function* (context) {
    closedWell = false;
    try {
      yield* lister(["a", "b", "c"])(context, undefined as never);
    } finally {
      closedWell = true;
    }
  };

  test("only what is asked for is written, and a mark that may speak of more is not kept", async () => {
    const { report } = await execute(ignorant, config(), wanted(["b"]));
    expect([world.memory.names("pipeline"), report.exitCode, report.steps[0]?.records]).toEqual([["svc.b"], 0, 2]);
    let mark: unknown;
    await execute(async function* (context) {
      mark = context.marks.get("p/b");
      yield right(service);
    });
    expect(mark).toBeUndefined();
  });

  test("the limit ends the reading, and that is complete", async () => {
    const { report } = await execute(ignorant, config(), wanted([], 2));
    expect([world.memory.names("pipeline"), report.exitCode]).toEqual([["svc.a", "svc.b"], 0]);
    expect([report.scopes[0]?.state, closedWell]).toEqual(["complete", true]);
  });

  test("what is not at the source makes the run incomplete", async () => {
    const { report } = await execute(ignorant, config(), wanted(["b", "nope"]));
    expect([report.exitCode, report.reasons]).toEqual([
      3,
      ["--only svc.nope: nothing of this name was found at the source"],
    ]);
    const { report: allowed } = await execute(ignorant, config(), { ...wanted(["nope"]), allowPartial: true });
    expect(allowed.exitCode).toBe(0);
  });

  test("what is listed there and has not changed is found", async () => {
    const iter: Iter = async function* (context) {
      yield right(service);
      const scope = context.ledger.open("test/pipelines");
      scope.saw(fqnOf("svc", "b"));
      scope.complete();
    };
    expect((await execute(iter, config(), wanted(["b"]))).report.exitCode).toBe(0);
  });

  test("another service is a mistake, told before anything is read, unless the source writes there too", async () => {
    const selection = { only: [fqnOf("other", "b")] };
    await expect((await workflow(ignorant, config(), { selection })).execute()).rejects.toThrow(/--only other\.b/);
    expect(world.memory.calls).toEqual([]);
    const sourceClass = {
      create: (_: SourceConfig, context: SourceContext) => ({ iter: () => ignorant(context, _) }),
    };
    const kind = { serviceKind: "pipelineService", serviceType: "Test", entry: { writesElsewhere: true } };
    const registry = {
      resolver: () => Promise.resolve(undefined),
      resolve: () => Promise.resolve({ sourceClass, ...kind }),
    };
    const elsewhere = { registry, selection } as unknown as WorkflowRuntime;
    expect((await execute(ignorant, config(), elsewhere)).report.exitCode).toBe(3);
  });
});
