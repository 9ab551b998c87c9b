import { storePlace } from "@omd/schema";

/** Where a `fullPath` lies, in lower case; undefined for what lies in no store. */
export function fullPathPlace(fullPath: unknown): string | undefined {
  return typeof fullPath === "string" ? storePlace(fullPath.toLowerCase())?.place : undefined;
}
