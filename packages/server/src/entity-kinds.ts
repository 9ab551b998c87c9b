import { entityTypes, type EntityType } from "@omd/schema";
import { Refusal } from "./answers.ts";

export const typeNames = Object.keys(entityTypes) as EntityType[];

export function isEntityType(name: string): name is EntityType {
  return Object.hasOwn(entityTypes, name);
}

/** Throws Refusal 404 for a type that the catalog does not hold. */
export function entityType(name: string): EntityType {
  if (!isEntityType(name)) throw new Refusal(404, `Entity type ${name} not found`);
  return name;
}
