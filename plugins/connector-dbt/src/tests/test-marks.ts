import { hash } from "node:crypto";
import type { FQN, Mark } from "@omd/schema";
import { z } from "zod";

/** Marks of test cases start with this. */
export const casePrefix = "test/";

/** Who made a test case in an earlier run. */
export interface CaseMemory {
  /** Name of the dbt project. */
  readonly project: string;
  /** Unique id in the project, of freshness that of the source. */
  readonly uniqueId: string;
  readonly fqn: FQN;
  /** Hash of what was sent. */
  readonly content: string;
}

const stored = z.tuple([z.string(), z.string(), z.string(), z.string()]);

const short = (text: string): string => hash("sha1", text, "base64url");

export const caseKey = (fqn: FQN): string => casePrefix + short(fqn);
export const resultKey = (fqn: FQN): string => `result/${short(fqn)}`;
export const definitionKey = (name: string): string => `definition/${short(name)}`;

/** Changes with what is sent. */
export function contentOf(value: unknown): string {
  return short(JSON.stringify(value));
}

export function caseMark({ project, uniqueId, fqn, content }: CaseMemory): Mark {
  return { key: caseKey(fqn), value: JSON.stringify([project, uniqueId, fqn, content]) };
}

/** Undefined for marks of another form. */
export function rememberedCase(value: string): CaseMemory | undefined {
  try {
    const parsed = stored.safeParse(JSON.parse(value));
    if (!parsed.success) return undefined;
    const [project, uniqueId, fqn, content] = parsed.data;
    return { project, uniqueId, fqn: fqn as FQN, content };
  } catch {
    return undefined;
  }
}
