import { answerWith, jsonAnswer, type Answer, type Fault, type Reaction } from "./exchange.ts";
import { capped, offsetOf, withPage, withRows } from "./paging.ts";

/** Never more than `pageCap` rows, whatever is asked. */
export function pageCap(): Fault {
  return async (request, { forward, paging, pageCap: cap, strike }) => {
    const answer = await forward(capped(request, paging, cap));
    const trimmed = withRows(answer, paging, (rows) => rows.slice(0, cap));
    if (trimmed !== undefined) strike();
    return answerWith(trimmed ?? answer);
  };
}

/** Small pages, and past the first one `instead` of what the server says. */
function pastFirstPage(instead: (answer: Answer, first: () => Promise<Answer>) => Promise<Answer> | Answer): Fault {
  return async (request, { forward, paging, pageCap: cap, strike }) => {
    const small = capped(request, paging, cap);
    const answer = await forward(small);
    const page = withRows(answer, paging, (rows) => rows.slice(0, cap));
    if (page === undefined || offsetOf(request, paging) === 0) return answerWith(page ?? answer);
    strike();
    return answerWith(
      await instead(page, async () => {
        const first = await forward(withPage(small, paging, { offset: 0 }));
        return withRows(first, paging, (rows) => rows.slice(0, cap)) ?? first;
      }),
    );
  };
}

/** Pages end early: no rows, and still the same total. */
export function emptyPage(): Fault {
  return async (request, tools) =>
    pastFirstPage((answer) => withRows(answer, tools.paging, () => []) ?? answer)(request, tools);
}

/** A deep page is refused, with a body that parses. */
export function refusedPage(): Fault {
  return pastFirstPage(() => jsonAnswer(400, { title: "Bad Request", status: 400, detail: "offset is too large" }));
}

/** Every page is the first one. */
export function repeatedPage(): Fault {
  return pastFirstPage((_answer, first) => first());
}

export interface StormOptions {
  readonly status: number;
  /** First call that is refused, from 1. */
  readonly from: number;
  /** Calls that are refused; absent: all from then on. */
  readonly calls?: number | undefined;
  /** Seconds, or absent. */
  readonly retryAfter?: string | undefined;
}

/** A number of calls, or all from one on, are refused. */
export function storm({ status, from, calls, retryAfter }: StormOptions): Fault {
  return async (request, { forward, strike }) => {
    if (request.call < from || (calls !== undefined && request.call >= from + calls))
      return answerWith(await forward(request));
    strike();
    const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
    return answerWith(jsonAnswer(status, { title: "refused by the hostile proxy", status }, headers));
  };
}

/** From one call on, or for `calls` of them, `broken` makes the reaction. */
function broken(from: number, calls: number | undefined, make: (answer: Answer) => Reaction): Fault {
  return async (request, { forward, strike }) => {
    const answer = await forward(request);
    if (request.call < from || (calls !== undefined && request.call >= from + calls)) return answerWith(answer);
    strike();
    return make(answer);
  };
}

/** The body ends in the middle although its length was announced. */
export function cutBody(from: number, calls?: number): Fault {
  return broken(from, calls, (answer) => ({ kind: "cut", answer }));
}

/** The call is taken and never answered. */
export function silence(from: number, calls?: number): Fault {
  return broken(from, calls, () => ({ kind: "silence" }));
}

/** A sign-in page with status 200 where JSON should be. */
export function htmlPage(from: number): Fault {
  const body = Buffer.from("<!doctype html><html><body><form action='/login'>Please sign in</form></body></html>");
  return broken(from, undefined, () =>
    answerWith({ status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body }),
  );
}

/** The right answer with `bytes` of white space behind it. */
export function largeAnswer(bytes: number): Fault {
  return broken(1, undefined, (answer) =>
    answerWith({ ...answer, body: Buffer.concat([answer.body, Buffer.alloc(bytes, " ")]) }),
  );
}

const isoDate = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"/gu;

/** The server's clock is wrong by `ms`, in its Date header and in each date of its answers. */
export function clockSkew(ms: number): Fault {
  return broken(1, undefined, (answer) => {
    const shifted = answer.body
      .toString("utf8")
      .replace(isoDate, (_match, date: string) => JSON.stringify(new Date(Date.parse(date) + ms).toISOString()));
    const headers = { ...answer.headers, date: new Date(Date.now() + ms).toUTCString() };
    return answerWith({ ...answer, headers, body: Buffer.from(shifted) });
  });
}
