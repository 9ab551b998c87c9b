import { describe, expect, test } from "@jest/globals";
import { RunCache } from "./run-cache.ts";

const cache = (max = 10) => new RunCache<string | undefined>(max, (value) => value === undefined);

/** A load that waits to be told its answer. */
function waiting() {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  let calls = 0;
  const load = () => {
    calls += 1;
    return promise;
  };
  return { load, resolve, reject, calls: () => calls };
}

describe("one load for all who ask", () => {
  test("at the same time and later", async () => {
    const one = cache();
    const { load, resolve, calls } = waiting();
    const answers = [one.get("k", load), one.get("k", load)];
    resolve("v");
    expect(await Promise.all(answers)).toEqual(["v", "v"]);
    expect(await one.get("k", load)).toBe("v");
    expect(calls()).toBe(1);
  });

  test("a failure reaches all of them and is not kept", async () => {
    const one = cache();
    const { load, reject } = waiting();
    const answers = [one.get("k", load), one.get("k", load)];
    reject(new Error("down"));
    await expect(Promise.all(answers)).rejects.toThrow("down");
    expect(await one.get("k", () => Promise.resolve("v"))).toBe("v");
  });

  test("the least used is dropped, so memory is bounded", async () => {
    const one = cache(2);
    for (const key of ["a", "b", "a", "c"]) await one.get(key, () => Promise.resolve(`first ${key}`));
    const again = (key: string) => one.get(key, () => Promise.resolve(`second ${key}`));
    expect(await again("a")).toBe("first a");
    expect(await again("b")).toBe("second b");
  });
});

describe("what was not found", () => {
  test("stays so until invalidate; what was found stays for good", async () => {
    const one = cache();
    await one.get("missing", () => Promise.resolve(undefined));
    await one.get("found", () => Promise.resolve("v"));
    expect(await one.get("missing", () => Promise.resolve("late"))).toBeUndefined();
    one.invalidate();
    expect(await one.get("missing", () => Promise.resolve("late"))).toBe("late");
    expect(await one.get("found", () => Promise.resolve("other"))).toBe("v");
  });

  test("an answer on its way during invalidate is not kept when it is negative", async () => {
    const one = cache();
    const [gone, there] = [waiting(), waiting()];
    const answers = [one.get("gone", gone.load), one.get("there", there.load)];
    one.invalidate();
    gone.resolve(undefined);
    there.resolve("v");
    expect(await Promise.all(answers)).toEqual([undefined, "v"]);
    expect(await one.get("gone", () => Promise.resolve("late"))).toBe("late");
    expect(await one.get("there", () => Promise.resolve("other"))).toBe("v");
  });
});
