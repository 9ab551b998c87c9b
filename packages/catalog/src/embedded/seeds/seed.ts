import { requestFqn, type CreateRequest, type EntityType } from "@omd/schema";
import type { EntityStore } from "../entity-store.ts";
import type { EntityWriter } from "../entity-writer.ts";
import { connectionDefinitions } from "./connection-steps.ts";
import { classifications, organization, users } from "./governance.ts";
import { testDefinitions } from "./test-definitions.ts";

/** Writes what a client expects of every catalog and is not there yet; answers how many that were. In an open transaction. */
export function seedCatalog(store: EntityStore, writer: EntityWriter, connectors: readonly string[]): number {
  let written = 0;
  const add = <T extends EntityType>(type: T, request: CreateRequest<T>): void => {
    // What was deleted or changed by people stays as they left it.
    if (store.byFqn(type, requestFqn(type, request))) return;
    writer.write(type, request);
    written += 1;
  };
  add("team", organization);
  for (const user of users) add("user", user);
  for (const { name: classification, description, tags } of classifications) {
    const system = { provider: "system" } as const;
    add("classification", { name: classification, description, mutuallyExclusive: true, ...system });
    for (const [name, text] of Object.entries(tags)) {
      if (store.byFqn("classification", classification)?.deleted === false)
        add("tag", { name, description: text, classification, ...system });
    }
  }
  for (const definition of testDefinitions) add("testDefinition", definition);
  for (const definition of connectionDefinitions(connectors)) add("testConnectionDefinition", definition);
  return written;
}
