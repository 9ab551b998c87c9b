import { OmdError } from "@omd/core";
import { filterMatcher, InvalidPatternError, type FilterPattern } from "@omd/schema";
import type { DbtOptions } from "../config.ts";
import type { Relation } from "../project/view.ts";

const patterns = ["databaseFilterPattern", "schemaFilterPattern", "tableFilterPattern", "tagFilterPattern"] as const;
type PatternName = (typeof patterns)[number];

/** Which tables and tags the filter patterns let through. */
export interface Filters {
  /** The pattern that leaves a table out; undefined when it stays. */
  leavingOut(relation: Relation): PatternName | undefined;
  readonly tag: (name: string) => boolean;
}

/** Throws OMD_CONFIG naming the pattern that cannot be used. */
export function filtersOf(options: Pick<DbtOptions, PatternName>): Filters {
  const [database, schema, table, tag] = patterns.map((name) => matcher(name, options[name]));
  const passes = (matches: ((name: string) => boolean) | undefined, name: string | undefined): boolean =>
    name === undefined || matches === undefined || matches(name);
  return {
    tag: (name) => passes(tag, name),
    leavingOut: (relation) => {
      if (!passes(table, relation.identifier)) return "tableFilterPattern";
      if (!passes(schema, relation.schema)) return "schemaFilterPattern";
      return passes(database, relation.database) ? undefined : "databaseFilterPattern";
    },
  };
}

function matcher(name: PatternName, pattern: FilterPattern | undefined): (name: string) => boolean {
  try {
    return filterMatcher(pattern);
  } catch (cause) {
    if (!(cause instanceof InvalidPatternError)) throw cause;
    throw new OmdError("OMD_CONFIG", `source.sourceConfig.config.${name}: ${cause.message}`, { cause });
  }
}
