import { CatalogError, type BulkItemResult } from "@omd/core";
import { entityTypeInfo, quoteName, unquoteName, type CreateRequest, type EntityType, type FQN } from "@omd/schema";
import { asFqn, bulkAnswer, type BulkAnswer } from "./answers.ts";
import { nameOf, paths, putEntity } from "./entities.ts";
import { catalogFailure, messageOf, saysEntityMissing, statusOf, wasAborted } from "./failure.ts";
import type { Transport } from "./transport.ts";

type Item<T extends EntityType> = { fqn: FQN; request: CreateRequest<T> };
type Verdict = "ok" | "unsaid" | { status: number; message: string };

/** Which collections were found to have no bulk route; remembered for the life of the catalog. */
export type BulkSupport = Set<string>;

/**
 * Writes many of one type: in one bulk call where the server has it, else one by one. Results are in the order of the requests.
 * Items that the bulk answer leaves open, or refuses for the server's own trouble (429, 5xx), are written again one by one.
 * Throws CatalogError only when the server cannot be reached or refuses the caller (401, 403).
 */
export async function putManyEntities<T extends EntityType>(
  transport: Transport,
  type: T,
  requests: readonly CreateRequest<T>[],
  withoutBulk: BulkSupport,
): Promise<BulkItemResult[]> {
  const results: BulkItemResult[] = [];
  // A name that comes twice in one bulk call would race with itself: later ones wait for the next round.
  let open: { index: number; item: Item<T> }[] = [];
  for (const [index, request] of requests.entries())
    try {
      open.push({ index, item: { fqn: nameOf(type, request), request } });
    } catch (error) {
      results[index] = { ok: false, fqn: asFqn(request.name ?? type), status: 400, message: messageOf(error) };
    }
  while (open.length > 0) {
    const seen = new Set<string>();
    const round = open.filter(({ item }) => !seen.has(item.fqn) && seen.add(item.fqn));
    const chosen = new Set(round.map(({ index }) => index));
    const written = await putDistinct(
      transport,
      type,
      round.map(({ item }) => item),
      withoutBulk,
    );
    for (const [at, { index, item }] of round.entries())
      results[index] = written[at] ?? {
        ok: false,
        fqn: item.fqn,
        status: 0,
        message: "The server said nothing about it",
      };
    open = open.filter(({ index }) => !chosen.has(index));
  }
  return results;
}

async function putDistinct<T extends EntityType>(
  transport: Transport,
  type: T,
  items: readonly Item<T>[],
  withoutBulk: BulkSupport,
): Promise<BulkItemResult[]> {
  if (items.length < 2 || !entityTypeInfo(type).bulk || withoutBulk.has(type))
    return putSingles(transport, type, items);
  let answer: BulkAnswer;
  try {
    answer = await callBulk(transport, type, items);
  } catch (error) {
    const status = statusOf(error);
    if (status === 413 || status === 504) {
      const half = Math.ceil(items.length / 2);
      const first = await putDistinct(transport, type, items.slice(0, half), withoutBulk);
      return [...first, ...(await putDistinct(transport, type, items.slice(half), withoutBulk))];
    }
    if (status === undefined || status === 401 || status === 403 || status === 502 || status === 503 || status === 429)
      throw catalogFailure(`write ${String(items.length)} ${paths.collection(type).slice(1)}`, error);
    if ((status === 404 || status === 405) && !saysEntityMissing(error)) withoutBulk.add(type);
    return putSingles(transport, type, items);
  }
  return settle(transport, type, items, answer);
}

async function callBulk<T extends EntityType>(
  transport: Transport,
  type: T,
  items: readonly Item<T>[],
): Promise<BulkAnswer> {
  const path = `${paths.collection(type)}/bulk`;
  const json = items.map((item) => item.request);
  const answer = await transport.attempt({ method: "PUT", path, query: { async: false }, json });
  try {
    return bulkAnswer.parse(JSON.parse(answer.body.toString("utf8")));
  } catch {
    // An answer that says nothing about the items leaves all of them open.
    return { successRequest: [], failedRequest: [] };
  }
}

async function settle<T extends EntityType>(
  transport: Transport,
  type: T,
  items: readonly Item<T>[],
  answer: BulkAnswer,
): Promise<BulkItemResult[]> {
  const verdicts = judge(items, answer);
  const again = items.filter((_item, at) => isOpen(verdicts[at]));
  const singles = await putSingles(transport, type, again);
  const byFqn = new Map(singles.map((result) => [result.fqn, result]));
  return items.map(({ fqn }, at): BulkItemResult => {
    const verdict = verdicts[at] ?? "unsaid";
    const single = byFqn.get(fqn);
    if (single !== undefined) return single;
    if (verdict === "ok") return { ok: true, fqn };
    return { ok: false, fqn, ...(verdict === "unsaid" ? { status: 0, message: "" } : verdict) };
  });
}

const isOpen = (verdict: Verdict | undefined): boolean =>
  verdict === undefined ||
  verdict === "unsaid" ||
  (verdict !== "ok" && (verdict.status === 429 || verdict.status >= 500 || verdict.status === 0));

/** What the answer says about each item. Items are named by FQN, or by bare name when the server could not make the FQN. */
function judge<T extends EntityType>(items: readonly Item<T>[], answer: BulkAnswer): Verdict[] {
  const at = new Map<string, number | undefined>();
  const name = (key: string, index: number): void => {
    at.set(key, at.has(key) && at.get(key) !== index ? undefined : index);
  };
  for (const [index, item] of items.entries()) name(unquoteName(item.request.name ?? item.fqn), index);
  for (const [index, item] of items.entries()) at.set(item.fqn, index);
  const verdicts: Verdict[] = items.map(() => "unsaid");
  const say = (request: unknown, verdict: Verdict): void => {
    const index = namesOf(request)
      .map((key) => at.get(key))
      .find((found) => found !== undefined);
    if (index !== undefined) verdicts[index] = verdict;
  };
  for (const row of answer.successRequest) say(row.request, "ok");
  for (const row of answer.failedRequest)
    say(row.request, { status: row.status ?? 400, message: row.message ?? "The server refused it without a reason" });
  return verdicts;
}

/** The names under which a row of the answer may mean its item: a string, or the request or entity itself. */
function namesOf(request: unknown): string[] {
  if (typeof request === "string") return [request, quietQuote(request)];
  if (typeof request !== "object" || request === null) return [];
  const { fullyQualifiedName, name } = request as { fullyQualifiedName?: unknown; name?: unknown };
  return [fullyQualifiedName, name].filter((value) => typeof value === "string");
}

function quietQuote(text: string): string {
  try {
    return quoteName(text);
  } catch {
    return text;
  }
}

/** One call per item; the HTTP client's budget bounds how many are in flight. */
async function putSingles<T extends EntityType>(
  transport: Transport,
  type: T,
  items: readonly Item<T>[],
): Promise<BulkItemResult[]> {
  return Promise.all(
    items.map(async ({ fqn, request }): Promise<BulkItemResult> => {
      try {
        await putEntity(transport, type, request);
        return { ok: true, fqn };
      } catch (error) {
        const status = statusOf(error);
        if (status === 401 || status === 403 || wasAborted(error)) throw error;
        const hint = error instanceof CatalogError && error.hint !== undefined ? ` ${error.hint}` : "";
        return { ok: false, fqn, status: status ?? 0, message: `${messageOf(error)}${hint}` };
      }
    }),
  );
}
