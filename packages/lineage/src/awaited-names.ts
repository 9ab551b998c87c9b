import { encodeName, splitFqn, unquoteName, type EntityType } from "@omd/schema";
import { placesUp } from "./container-lookup.ts";
import type { DatasetName } from "./dataset-kinds.ts";
import { parseDataset } from "./dataset-name.ts";

/** What an entity must be called for a dataset to be found in it. Texts are in lower case, as some sources fold case. */
export interface AwaitedName {
  /** The entity's type; `place`: a container that lies there. */
  readonly kind: EntityType | "place";
  /** The last name of its FQN, or the place as `storePlace` tells it. */
  readonly name: string;
}

/**
 * The names of which one must appear before a dataset that was not found may be: an entity of another name can't be the answer
 * of the resolver. None for a text that names no dataset.
 */
export function awaitedNames(dataset: string): AwaitedName[] {
  const parsed = parseDataset(dataset);
  if (parsed.kind === "unknown") return [];
  const names = new Map(namesOf(parsed).map((awaited) => [`${awaited.kind} ${awaited.name}`, awaited]));
  return [...names.values()];
}

function namesOf(dataset: DatasetName): AwaitedName[] {
  switch (dataset.kind) {
    case "table":
      return [{ kind: "table", name: encodeName(dataset.table).toLowerCase() }];
    case "topic":
      return [{ kind: "topic", name: encodeName(dataset.topic).toLowerCase() }];
    case "container":
      return placesUp(dataset.location).map((place) => ({ kind: "place", name: place.toLowerCase() }));
    case "entity": {
      const name = unquoteName(splitFqn(dataset.fqn).at(-1) ?? "").toLowerCase();
      const own = dataset.types.map((kind): AwaitedName => ({ kind, name }));
      return dataset.otherwise ? [...own, ...namesOf(dataset.otherwise)] : own;
    }
  }
}
