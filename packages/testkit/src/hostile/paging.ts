import type { Answer, PagingStyle, ProxyRequest } from "./exchange.ts";

type JsonObject = Record<string, unknown>;

function asObject(text: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function numberAt(request: ProxyRequest, keys: readonly string[]): number | undefined {
  const body = asObject(request.body);
  for (const key of keys) {
    const value = request.query.get(key) ?? body?.[key];
    if (value !== undefined && Number.isFinite(Number(value))) return Number(value);
  }
  return undefined;
}

/** Rows before the page that is asked for; 0 when the call says nothing. */
export function offsetOf(request: ProxyRequest, paging: PagingStyle): number {
  return numberAt(request, paging.offsetKeys) ?? 0;
}

/** The call with other numbers in its query and its JSON body; a limit that stands nowhere is put into the query of a GET. */
export function withPage(
  request: ProxyRequest,
  paging: PagingStyle,
  page: { limit?: number | undefined; offset?: number | undefined },
): ProxyRequest {
  const query = new URLSearchParams(request.query);
  const body = asObject(request.body);
  const changed: JsonObject = { ...body };
  const set = (keys: readonly string[], value: number | undefined): boolean => {
    let found = false;
    for (const key of value === undefined ? [] : keys) {
      if (query.has(key)) query.set(key, String(value));
      if (body !== undefined && key in body) changed[key] = value;
      found ||= query.has(key) || key in changed;
    }
    return found;
  };
  const limitKey = paging.limitKeys[0];
  if (!set(paging.limitKeys, page.limit) && page.limit !== undefined && limitKey !== undefined && body === undefined)
    query.set(limitKey, String(page.limit));
  set(paging.offsetKeys, page.offset);
  const search = query.toString();
  return {
    ...request,
    query,
    url: search === "" ? request.path : `${request.path}?${search}`,
    body: body === undefined ? request.body : Buffer.from(JSON.stringify(changed)),
  };
}

/** The call with a limit of at most `cap`. */
export function capped(request: ProxyRequest, paging: PagingStyle, cap: number): ProxyRequest {
  const asked = numberAt(request, paging.limitKeys);
  return withPage(request, paging, { limit: Math.min(asked ?? cap, cap) });
}

function rowsKeyOf(value: JsonObject, paging: PagingStyle): string | undefined {
  if (paging.rowsKey !== undefined) return Array.isArray(value[paging.rowsKey]) ? paging.rowsKey : undefined;
  const arrays = Object.keys(value).filter((key) => Array.isArray(value[key]));
  return arrays.toSorted((a, b) => (value[b] as unknown[]).length - (value[a] as unknown[]).length)[0];
}

/** The answer with other rows; undefined when it is no listing. Totals stay as they were. */
export function withRows(
  answer: Answer,
  paging: PagingStyle,
  change: (rows: readonly unknown[]) => readonly unknown[],
): Answer | undefined {
  const value = asObject(answer.body);
  const key = value === undefined ? undefined : rowsKeyOf(value, paging);
  if (value === undefined || key === undefined) return undefined;
  return { ...answer, body: Buffer.from(JSON.stringify({ ...value, [key]: change(value[key] as unknown[]) })) };
}
