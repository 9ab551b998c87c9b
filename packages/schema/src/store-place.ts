/** Where something lies in a store, told apart from the store's scheme: `s3` and `//bucket/a/b`. */
export interface StorePlace {
  /** In lower case. */
  readonly scheme: string;
  /** What follows the scheme, without a closing slash; a path without a host begins with `///`. */
  readonly place: string;
}

/** Reads the `fullPath` of a container. Undefined for what has no scheme. */
export function storePlace(fullPath: string): StorePlace | undefined {
  const [, scheme = "", path = ""] = /^([\w+.-]+):(.+)$/s.exec(fullPath) ?? [];
  if (path === "") return undefined;
  return { scheme: scheme.toLowerCase(), place: path.replace(/\/+$/, "").replace(/^\/(?!\/)/, "///") };
}
