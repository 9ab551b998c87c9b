import { fqnOf, InvalidNameError, parseFqn, type FQN } from "@omd/schema";

/**
 * The FQNs that a name in a path or filter may mean. Clients send the FQNs of services and users raw as well as quoted: `my.pipes` is a
 * name of one part, or two parts.
 */
export function fqnCandidates(name: string): readonly FQN[] {
  const found = new Set<FQN>();
  for (const read of [parseFqn, fqnOf]) {
    try {
      found.add(read(name));
    } catch (error) {
      if (!(error instanceof InvalidNameError)) throw error;
    }
  }
  return [...found];
}
