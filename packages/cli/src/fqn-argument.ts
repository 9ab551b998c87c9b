import type { FQN } from "@omd/schema";
import { usageError } from "./usage-error.ts";

/** An FQN as typed. Throws a usage error that names the argument. */
export async function fqnArgument(argument: string, text: string): Promise<FQN> {
  const { parseFqn } = await import("@omd/schema");
  try {
    return parseFqn(text);
  } catch (error) {
    throw usageError(`${argument}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
