import { beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { z } from "zod";
import { config, lister, WorkflowWorld, type Iter } from "../../test/workflow-world.ts";

/** Options of a source that checks them by no schema. */
let world: WorkflowWorld;
const options = (given: object) => {
  const file = config() as { source: object };
  return { ...file, source: { ...file.source, sourceConfig: { config: { type: "PipelineMetadata", ...given } } } };
};
const names = ["daily_a", "daily_b", "Tmp_c"];
const written = () => world.memory.names("pipeline").toSorted();

beforeEach(() => {
  world = new WorkflowWorld();
});

describe("filter patterns", () => {
  test("hold although the source does not look at them: excludes win, case is ignored, the match is at the start", async () => {
    const { report } = await world.execute(
      lister(names),
      options({ pipelineFilterPattern: { includes: ["DAILY", "tmp"], excludes: ["tmp_", "aily_b"] } }),
    );
    expect(written()).toEqual(["svc.daily_a", "svc.daily_b"]);
    expect([report.exitCode, report.warnings]).toEqual([0, []]);
    expect(report.steps.reduce((sum, { filtered }) => sum + filtered, 0)).toBe(1);
  });

  test("against the FQN with useFqnForFiltering, and nothing that they leave out is deleted", async () => {
    await world.execute(lister(names));
    const fqns = { useFqnForFiltering: true, pipelineFilterPattern: { includes: ["svc\\.daily_a$"] } };
    const { report } = await world.execute(lister(["daily_a", "daily_b"]), options(fqns));
    expect(written()).toEqual(["svc.daily_a", "svc.daily_b"]);
    expect(report.deletes.done).toEqual(["svc.Tmp_c"]);
    await world.execute(lister([...names, "daily_d"]), options(fqns));
    expect(written()).not.toContain("svc.daily_d");
  });

  test("are the source's where it reads them", async () => {
    const own: Iter = async function* (context, source) {
      expect(source.options["pipelineFilterPattern"]).toEqual({ excludes: ["daily"] });
      yield* lister(names)(context, source);
    };
    await world.execute(own, options({ pipelineFilterPattern: { excludes: ["daily"] } }));
    expect(written()).toHaveLength(3);
  });

  test("that are none are a mistake with its place", async () => {
    const wrong = options({ pipelineFilterPattern: { includes: ["(a"] } });
    await expect(world.execute(lister(names), wrong)).rejects.toThrow(
      /source\.sourceConfig\.config\.pipelineFilterPattern\.includes\[0\]: Invalid filter pattern/,
    );
  });

  test("change the fingerprint that marks hold", async () => {
    const seen: string[] = [];
    const telling: Iter = async function* (context, source) {
      seen.push(context.fingerprint);
      yield* lister(names)(context, source);
    };
    await world.execute(telling);
    await world.execute(telling, options({ pipelineFilterPattern: { excludes: ["x"] } }));
    await world.execute(telling, options({ pipelineFilterPattern: { excludes: ["y"] } }));
    expect(new Set(seen).size).toBe(3);
  });
});

test("markDeletedPipelines: false keeps what is gone, true and nothing do not", async () => {
  await world.execute(lister(names));
  await world.execute(lister(["daily_a", "daily_b"]), options({ markDeletedPipelines: false }));
  expect(written()).toHaveLength(3);
  const { report } = await world.execute(lister(["daily_a", "daily_b"]), options({ markDeletedPipelines: true }));
  expect(report.deletes.done).toEqual([fqnOf("svc", "Tmp_c")]);
});

test("a key that nobody reads is told; one that a schema checks or the source looks at is not", async () => {
  const given = { includeTagz: true, folder: "x", overrideMetadata: true };
  const reading: Iter = async function* (context, source) {
    void source.options["folder"];
    yield* lister(names)(context, source);
  };
  const { report } = await world.execute(reading, options(given));
  expect(report.warnings.map(({ name }) => name)).toEqual(["sourceConfig.config.includeTagz"]);
  expect(report.exitCode).toBe(0);
  const checking: Iter = async function* (context, source) {
    source.parseOptions(z.looseObject({}));
    yield* lister(names)(context, source);
  };
  expect((await world.execute(checking, options(given))).report.warnings).toEqual([]);
});
