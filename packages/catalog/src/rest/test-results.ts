import { CatalogError } from "@omd/core";
import type { CreateTestCaseResult, FQN } from "@omd/schema";
import { z } from "zod";
import { withoutNulls } from "./answers.ts";
import { paths } from "./entities.ts";
import type { Transport } from "./transport.ts";

const path = (testCase: FQN): string => `/dataQuality/testCases/testCaseResults/${encodeURIComponent(testCase)}`;
/** Results of one test case that are under way at a time; the transport bounds all calls together. */
const atATime = 8;

/** One call a result; what is there at that time stays (409). Throws CatalogError. */
export async function putResults(
  transport: Transport,
  testCase: FQN,
  results: readonly CreateTestCaseResult[],
): Promise<void> {
  const what = `write a result of test case ${testCase}`;
  for (let at = 0; at < results.length; at += atATime) {
    const calls = results.slice(at, at + atATime).map((json) =>
      // The server keeps one result for each time, so a call that was cut may be made again.
      transport.raw(what, { method: "POST", path: path(testCase), json, idempotent: true, accept: [409] }),
    );
    await Promise.all(calls);
  }
}

/** The server takes the bare SQL for JSON. Throws CatalogError. */
export async function putQuery(transport: Transport, testCaseId: string, sql: string): Promise<void> {
  await transport.raw(`write the inspection query of test case ${testCaseId}`, {
    method: "PUT",
    path: `${paths.byId("testCase", testCaseId)}/inspectionQuery`,
    headers: { "content-type": "application/json" },
    text: sql,
  });
}

const resultPage = z.preprocess(
  (value) => withoutNulls(value),
  z.object({
    data: z.array(z.looseObject({ timestamp: z.number() })).default([]),
    paging: z.object({ after: z.string().min(1).optional() }).default({}),
  }),
);
export type StoredResult = z.infer<typeof resultPage>["data"][number];

/** Newest first, both ends of the range inclusive. Throws CatalogError. */
export async function readResults(
  transport: Transport,
  testCase: FQN,
  { startTs, endTs }: { startTs: number; endTs: number },
): Promise<StoredResult[]> {
  const what = `read the results of test case ${testCase}`;
  const found = new Map<number, StoredResult>();
  const cursors = new Set<string>();
  let after: string | undefined;
  do {
    const { value } = await transport.json(
      what,
      { path: path(testCase), query: { startTs, endTs, after } },
      resultPage,
    );
    for (const result of value.data)
      if (result.timestamp >= startTs && result.timestamp <= endTs) found.set(result.timestamp, result);
    after = value.paging.after;
    if (after !== undefined && cursors.has(after))
      throw new CatalogError(`Could not ${what} completely: the server gave a page's cursor twice`);
    if (after !== undefined) cursors.add(after);
  } while (after !== undefined);
  return [...found.values()].sort((a, b) => b.timestamp - a.timestamp);
}
