import { describe, expect, test } from "@jest/globals";
import { HttpError } from "@omd/http";
import { OrderChoice, remainingRows, ShortListingError } from "../src/batch-pages.ts";
import { inParallel } from "../src/parallel.ts";

const all = Array.from({ length: 23 }, (_, at) => at);

/** A server with a cap on its pages. */
function server(cap: number, total = all.length) {
  return (offset: number, limit: number) =>
    Promise.resolve({ rows: all.slice(offset, offset + Math.min(limit, cap)), total });
}

describe("the pages after the first", () => {
  test("come complete and in order", async () => {
    const page = server(5);
    expect(await remainingRows(await page(0, 100), page)).toEqual(all.slice(5));
  });

  test("a page that is shorter than foreseen is read on", async () => {
    const page = (offset: number, limit: number) => server(offset === 10 ? 2 : 5)(offset, limit);
    expect(await remainingRows(await page(0, 100), page)).toEqual(all.slice(5));
  });

  test("an empty page before the total is an error", async () => {
    const page = server(5, 30);
    await expect(remainingRows(await page(0, 100), page)).rejects.toBeInstanceOf(ShortListingError);
    await expect(remainingRows({ rows: [], total: 3 }, page)).rejects.toBeInstanceOf(ShortListingError);
  });

  test("rows that went away in between are no error", async () => {
    const first = { rows: all.slice(0, 20), total: 25 };
    expect(await remainingRows(first, server(20))).toEqual([20, 21, 22]);
  });

  test("nothing is asked when the first page has all", async () => {
    const never = () => Promise.reject(new Error("asked"));
    expect(await remainingRows({ rows: all, total: 23 }, never)).toEqual([]);
  });
});

describe("the order of a listing", () => {
  const refusal = (status: number) =>
    new HttpError("ERR_HTTP_STATUS", "disallowed", { advice: "skip", status, method: "POST" });

  test.each([400, 422])("one that is refused (%i) is not tried again", async (status) => {
    const choice = new OrderChoice(["-run_after", "-start_date", undefined]);
    const asked: (string | undefined)[] = [];
    const call = (order: { order_by?: string }) => {
      asked.push(order.order_by);
      return order.order_by === "-run_after" ? Promise.reject(refusal(status)) : Promise.resolve("ok");
    };
    expect([await choice.ask(call), await choice.ask(call)]).toEqual(["ok", "ok"]);
    expect(asked).toEqual(["-run_after", "-start_date", "-start_date"]);
    expect(choice.current).toBe("-start_date");
  });

  test("a refusal of the call without an order is the caller's", async () => {
    const choice = new OrderChoice(["-run_after", undefined]);
    await expect(choice.ask(() => Promise.reject(refusal(400)))).rejects.toMatchObject({ status: 400 });
  });

  test("other errors say nothing about the order", async () => {
    const choice = new OrderChoice(["-run_after", undefined]);
    await expect(choice.ask(() => Promise.reject(refusal(403)))).rejects.toMatchObject({ status: 403 });
    expect(choice.current).toBe("-run_after");
  });
});

describe("work side by side", () => {
  test("keeps the order and the limit", async () => {
    let open = 0;
    let most = 0;
    const results = await inParallel(all, 4, async (item) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, item % 3));
      open -= 1;
      return item * 2;
    });
    expect([results, most]).toEqual([all.map((item) => item * 2), 4]);
  });

  test("begins nothing new after an error", async () => {
    const begun: number[] = [];
    const work = (item: number) => {
      begun.push(item);
      return item === 1 ? Promise.reject(new Error("one")) : Promise.resolve(item);
    };
    await expect(inParallel(all, 2, work)).rejects.toThrow("one");
    expect(begun.length).toBeLessThan(5);
  });
});
