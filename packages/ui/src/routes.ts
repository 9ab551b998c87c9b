import { queryString } from "./api.ts";

/** The pages, and what their addresses say. */
export type Route =
  | { readonly page: "home" | "search" | "runs" | "compare" | "events" | "missing" }
  | { readonly page: "entity" | "lineage"; readonly type: string; readonly fqn: string }
  | { readonly page: "run"; readonly id: string };

/** The page of a path. The path is split before it is decoded: an FQN may hold `%2F`. */
export function routeOf(pathname: string): Route {
  const parts = pathname.split("/").filter((text) => text !== "");
  let decoded: readonly string[];
  try {
    decoded = parts.map((text) => decodeURIComponent(text));
  } catch {
    return { page: "missing" };
  }
  const [first = "", second, third, ...rest] = decoded;
  if (parts.length === 0) return { page: "home" };
  if (parts.length === 1 && (first === "search" || first === "runs" || first === "compare" || first === "events")) {
    return { page: first };
  }
  if (parts.length === 2 && first === "runs" && second) return { page: "run", id: second };
  if ((first === "entity" || first === "lineage") && second && third && rest.length === 0) {
    return { page: first, type: second, fqn: third };
  }
  return { page: "missing" };
}

const part = encodeURIComponent;

/** Addresses of the pages. */
export const to = {
  home: "/",
  events: "/events",
  runs: (service?: string) => `/runs${queryString({ service })}`,
  run: (id: string) => `/runs/${part(id)}`,
  compare: (a: string, b: string) => `/compare${queryString({ a, b })}`,
  search: (query: Readonly<Record<string, string | readonly string[] | undefined>> = {}) =>
    `/search${queryString(query)}`,
  entity: (type: string, fqn: string, tab?: string) => `/entity/${part(type)}/${part(fqn)}${queryString({ tab })}`,
  lineage: (type: string, fqn: string, query: Readonly<Record<string, string | number | undefined>> = {}) =>
    `/lineage/${part(type)}/${part(fqn)}${queryString(query)}`,
};
