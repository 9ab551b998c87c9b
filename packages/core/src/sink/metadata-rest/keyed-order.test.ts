import { describe, expect, test } from "@jest/globals";
import { KeyedOrder } from "./keyed-order.ts";

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("KeyedOrder", () => {
  test("keeps the order of one key and runs different keys side by side", async () => {
    const order = new KeyedOrder();
    const log: string[] = [];
    const work = (name: string, ms: number) => async () => {
      await later(ms);
      log.push(name);
    };
    await Promise.all([
      order.run("a", [], work("a1", 30)),
      order.run("a", [], work("a2", 1)),
      order.run("b", [], work("b1", 5)),
    ]);
    expect(log).toEqual(["b1", "a1", "a2"]);
  });

  test("a failure before does not stop what waits for it", async () => {
    const order = new KeyedOrder();
    const failing = order.run("parent", [], () => Promise.reject(new Error("no")));
    const child = order.run("child", ["parent"], () => Promise.resolve("done"));
    await expect(failing).rejects.toThrow("no");
    await expect(child).resolves.toBe("done");
  });

  test("forgets keys that are done", async () => {
    const order = new KeyedOrder();
    const work = order.run("a", [], () => later(1));
    expect(order.isBusy("a")).toBe(true);
    await work;
    await later(1);
    expect(order.isBusy("a")).toBe(false);
  });
});
