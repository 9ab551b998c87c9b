import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { config, lister, service, WorkflowWorld, type Iter } from "../../test/workflow-world.ts";
import { right } from "../contracts/index.ts";

let world: WorkflowWorld;
const workflow: WorkflowWorld["workflow"] = (...given) => world.workflow(...given);

beforeEach(() => {
  world = new WorkflowWorld();
});

describe("the file sink", () => {
  const into = (filename: string): object => config({ sink: { type: "file", config: { filename } } });

  test("that cannot be written is a mistake in the config, told before anything is read", async () => {
    let hasRead = false;
    const iter: Iter = async function* () {
      hasRead = true;
      yield right(service);
    };
    const run = await workflow(iter, into(world.omdHome));
    await expect(run.execute()).rejects.toThrow(/sink\.config\.filename: cannot be written: .*EISDIR/);
    expect(hasRead).toBe(false);
  });

  test("is not touched by a plan", async () => {
    const filename = join(world.omdHome, "out.jsonl");
    const entries = await (await workflow(lister(["a"]), into(filename))).plan();
    expect(entries.map(({ action, kind, name }) => [action, kind, name])).toEqual([
      ["create", "pipelineService", "svc"],
      ["create", "pipeline", "svc.a"],
    ]);
    expect(existsSync(filename)).toBe(false);
  });
});
