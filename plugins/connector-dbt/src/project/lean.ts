import type { ManifestColumn, RunResult } from "../artifacts/shapes.ts";
import type { Spool } from "./spool.ts";

/** Without the object as it was in the file. */
export function withoutRaw<T extends { readonly raw: unknown }>(value: T): T {
  return { ...value, raw: {} };
}

/** Without the objects of the table and of its columns as they were in the file. */
export function lean<T extends { readonly raw: unknown; readonly columns: readonly ManifestColumn[] }>(value: T): T {
  return { ...value, raw: {}, columns: value.columns.map(withoutRaw) };
}

/** A result whose SQL is read from the spool each time that it is asked for; copies and JSON of it are without. */
export function leanResult(result: RunResult, spool: Spool): RunResult {
  const { compiledCode } = result;
  const kept: RunResult = { ...result, compiledCode: undefined, raw: {} };
  if (compiledCode === undefined) return kept;
  const place = spool.add(compiledCode);
  return Object.defineProperty(kept, "compiledCode", { enumerable: false, get: () => String(spool.read(place)) });
}
