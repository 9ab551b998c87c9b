import { fqnOf, requestFqn, type EntityType, type FQN } from "@omd/schema";
import { classifications, organization, users } from "./governance.ts";
import { testDefinitions } from "./test-definitions.ts";

let known: ReadonlySet<string> | undefined;

/** Whether a server brings this entity with it: that it is there is no change that anybody made. */
export function isSeed(type: EntityType, fqn: FQN): boolean {
  known ??= new Set([
    `team ${requestFqn("team", organization)}`,
    ...users.map((user) => `user ${requestFqn("user", user)}`),
    ...classifications.flatMap(({ name, tags }) => [
      `classification ${fqnOf(name)}`,
      ...Object.keys(tags).map((tag) => `tag ${fqnOf(name, tag)}`),
    ]),
    ...testDefinitions.map((definition) => `testDefinition ${requestFqn("testDefinition", definition)}`),
  ]);
  return type === "testConnectionDefinition" || known.has(`${type} ${fqn}`);
}
