import type { JsonPatchOperation } from "@omd/schema";

/** Custom properties that are tried one by one when a catalog refuses them together; those beyond are left out. */
const mostTries = 50;

/** What is done to one custom property. */
export interface PropertyPatch {
  readonly name: string;
  /** `isFirst`: the entity has no custom property so far, so that the one must bring the object that holds them. */
  operations(isFirst: boolean): readonly JsonPatchOperation[];
}

export interface PropertyPatches {
  /** The operations that have nothing to do with custom properties. */
  readonly rest: readonly JsonPatchOperation[];
  readonly properties: readonly PropertyPatch[];
  /** Names of the properties beyond those that are tried. */
  readonly untried: readonly string[];
  /** The entity has no custom property yet. */
  readonly isFirst: boolean;
}

/** Takes a patch apart, so that each custom property may succeed or fail on its own. */
export function propertyPatches(operations: readonly JsonPatchOperation[]): PropertyPatches {
  const rest: JsonPatchOperation[] = [];
  const properties: PropertyPatch[] = [];
  let isFirst = false;
  for (const operation of operations) {
    const { path } = operation;
    if (path === "/extension" && operation.op !== "remove") {
      isFirst = true;
      for (const [name, value] of Object.entries(Object(operation.value) as Record<string, unknown>))
        properties.push({
          name,
          operations: (alone) => [
            alone
              ? { op: "add", path: "/extension", value: { [name]: value } }
              : { op: "add", path: `/extension/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, value },
          ],
        });
    } else if (path.startsWith("/extension/")) {
      const name = path.slice("/extension/".length).replaceAll("~1", "/").replaceAll("~0", "~");
      properties.push({ name, operations: () => [operation] });
    } else rest.push(operation);
  }
  const untried = properties.slice(mostTries).map(({ name }) => name);
  return { rest, properties: properties.slice(0, mostTries), untried, isFirst };
}
