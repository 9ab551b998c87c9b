import { requestFqn, splitFqn, type CreateRequest, type EntityType, type FQN } from "@omd/schema";
import type { EntityStore } from "../entity-store.ts";
import type { EntityWriter } from "../entity-writer.ts";
import { connectionDefinitions } from "./connection-steps.ts";
import { classifications, organization, users } from "./governance.ts";
import { testDefinitions } from "./test-definitions.ts";

/** Writes what a client expects of every catalog and is not there yet; answers how many that were. In an open transaction. */
export function seedCatalog(store: EntityStore, writer: EntityWriter, connectors: readonly string[]): number {
  let written = 0;
  const add: Add = (type, request) => {
    // What was deleted or changed by people stays as they left it.
    if (store.byFqn(type, requestFqn(type, request))) return;
    writer.write(type, request);
    written += 1;
  };
  add("team", organization);
  for (const user of users) add("user", user);
  for (const classification of classifications)
    for (const tag of Object.keys(classification.tags)) addTag(store, add, classification, tag);
  for (const definition of testDefinitions) add("testDefinition", definition);
  for (const definition of connectionDefinitions(connectors)) add("testConnectionDefinition", definition);
  return written;
}

/** Writes a tag that every catalog of OpenMetadata has, such as `Tier.Tier1`, when it is not there yet. In an open transaction. */
export function seedTag(store: EntityStore, writer: EntityWriter, fqn: FQN): void {
  const [root, name = ""] = splitFqn(fqn);
  const classification = classifications.find((one) => one.name === root);
  if (classification === undefined || !Object.hasOwn(classification.tags, name)) return;
  const add: Add = (type, request) => {
    if (!store.byFqn(type, requestFqn(type, request))) writer.write(type, request);
  };
  addTag(store, add, classification, name);
}

type Add = <T extends EntityType>(type: T, request: CreateRequest<T>) => void;

function addTag(store: EntityStore, add: Add, classification: (typeof classifications)[number], name: string): void {
  const { name: root, description, tags } = classification;
  const system = { provider: "system" } as const;
  add("classification", { name: root, description, mutuallyExclusive: true, ...system });
  if (store.byFqn("classification", root)?.deleted === false)
    add("tag", { name, description: tags[name] ?? "", classification: root, ...system });
}
