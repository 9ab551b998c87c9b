import { hash } from "node:crypto";
import type { FQN, Mark } from "@omd/schema";
import { z } from "zod";

/** Marks of test cases start with this. */
export const casePrefix = "test/";

/** Who made a test case in an earlier run. */
export interface CaseMemory {
  /** The dbt project, in which environment ({@link ProjectView.home}). */
  readonly project: string;
  /** Unique id in the project, of freshness that of the source. */
  readonly uniqueId: string;
  readonly fqn: FQN;
  /** Hash of what was sent. */
  readonly content: string;
}

const stored = z.tuple([z.string(), z.string(), z.string()]);

// Names, not hashes of them: the marks of one table lie together in the file and are written as one page.
export const caseKey = (fqn: FQN): string => casePrefix + fqn;
/** One for each project of a run that has the test case, counted from 1. */
export const resultKey = (fqn: FQN, count = 1): string => (count === 1 ? `result/${fqn}` : `result/${fqn}\n${count}`);
/** Of any count. */
export const isResultKey = (key: string, fqn: FQN): boolean =>
  key === resultKey(fqn) || key.startsWith(`${resultKey(fqn)}\n`);
export const definitionKey = (name: string): string => `definition/${name}`;

/** Changes with what is sent. */
export function contentOf(value: unknown): string {
  return hash("sha1", JSON.stringify(value), "base64url");
}

export function caseMark({ project, uniqueId, fqn, content }: CaseMemory): Mark {
  return { key: caseKey(fqn), value: JSON.stringify([project, uniqueId, content]) };
}

/** Undefined for marks of another form. */
export function rememberedCase({ key, value }: Mark): CaseMemory | undefined {
  try {
    const parsed = stored.safeParse(JSON.parse(value));
    if (!parsed.success) return undefined;
    const [project, uniqueId, content] = parsed.data;
    return { project, uniqueId, fqn: key.slice(casePrefix.length) as FQN, content };
  } catch {
    return undefined;
  }
}
