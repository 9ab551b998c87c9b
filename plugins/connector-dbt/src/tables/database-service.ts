import { didYouMean, OmdError, type SourceContext } from "@omd/core";
import type { DbtOptions } from "../config.ts";

/** Whether tables that the catalog lacks are made. A file has no catalog that they could be missing in: it is to hold all of them. */
export function makesMissing(
  { target }: Pick<SourceContext, "target">,
  { createMissingTables }: Pick<DbtOptions, "createMissingTables">,
): boolean {
  return createMissingTables ?? target !== "rest";
}

/**
 * Says where the tables are looked for. Throws OMD_CONNECTION, with the names of services that there are, when tables are neither made nor
 * looked for elsewhere and the catalog has no such service: nothing could be brought.
 */
export async function findService(
  context: Pick<SourceContext, "target" | "service" | "serviceName" | "known" | "entities">,
  options: Pick<DbtOptions, "createMissingTables" | "searchAcrossDatabases">,
): Promise<string> {
  const { service, serviceName } = context;
  if (await context.known("databaseService", service)) return serviceName;
  if (makesMissing(context, options)) return `${serviceName} will be made`;
  const names: string[] = [];
  for await (const { name } of context.entities("databaseService")) names.push(name);
  const problem = `the catalog has no database service ${serviceName}`;
  if (options.searchAcrossDatabases && names.length > 0) return `${problem}; all others are searched`;
  const nearest = didYouMean(serviceName, names);
  const others = names.toSorted().slice(0, shown).join(", ");
  throw new OmdError("OMD_CONNECTION", problem, {
    hint:
      (nearest === undefined ? "" : `Did you mean ${nearest}? `) +
      `source.serviceName is the service that another source has brought the tables of${others === "" ? "; the catalog has none" : `: ${others}${names.length > shown ? " …" : ""}`}. ` +
      "With createMissingTables: true service and tables are made.",
  });
}

const shown = 10;
