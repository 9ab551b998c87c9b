import { registerHooks } from "node:module";

/** What a connector's file may import without having it installed: what records, pagers and schemas are made with. */
const lent = ["@omd/core", "@omd/http", "@omd/schema", "zod"];

let lending = false;

/**
 * From now on a file that lies in no package finds {@link lent} with us when it has no copy of its own: nothing is installed for a connector
 * in a folder. A package says itself what it needs, so that it does not work here and fail elsewhere.
 * False when that changes nothing for a module that failed with `failure`.
 */
export function lendPackages(failure: unknown): boolean {
  if (lending || !lent.some((name) => String(failure).includes(`Cannot find package '${name}'`))) return false;
  lending = true;
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!lent.includes(specifier) || isPackage(context.parentURL)) throw error;
        return next(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
  return true;
}

function isPackage(url: string | undefined): boolean {
  return url === undefined || url.includes("/node_modules/");
}
