import type { Catalog, Resolver } from "../contracts/index.ts";

/** For programs that bring no resolver: owners are looked up, datasets stay unresolved and are counted as such. */
export function ownersOnlyResolver(options: {
  catalog: Catalog;
  createOwner?: ((name: string) => ReturnType<Resolver["owner"]>) | undefined;
}): Resolver {
  return {
    dataset: () =>
      Promise.resolve({ kind: "unresolved", reason: "no dataset resolver is installed (@omd/lineage)", nearest: [] }),
    owner: async (name, { exact = false } = {}) =>
      (await options.catalog.findOwner(name, { fuzzy: !exact })) ?? (exact ? undefined : options.createOwner?.(name)),
  };
}
