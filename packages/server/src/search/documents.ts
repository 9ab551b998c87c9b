import type { Scanned } from "@omd/catalog";
import { splitFqn, unquoteName } from "@omd/schema";

/** What a query is asked of: values by the path of a field. */
export interface Document {
  /** All values at a path, lists flattened; empty when the field is missing. */
  values(path: string): readonly unknown[];
}

/** Fields that hold references, which are stored by their ids only. */
const references: ReadonlySet<string> = new Set([
  "service",
  "database",
  "databaseSchema",
  "classification",
  "parent",
  "owners",
  "teams",
]);

/** A document of the search index made of a stored entity; its references are read only when a query asks for them. */
export function documentOf(entity: Scanned): Document {
  let shown: Readonly<Record<string, unknown>> | undefined;
  return {
    values: (path) => {
      const [field = "", ...rest] = path.split(".");
      if (field === "service" && rest.join(".") === "name") return [unquoteName(splitFqn(entity.fqn)[0] ?? "")];
      if (field === "name") return [entity.name];
      if (field === "fullyQualifiedName") return [entity.fqn];
      if (field === "deleted") return [entity.deleted];
      if (field === "id") return [entity.id];
      if (field === "version") return [entity.version];
      if (field === "updatedAt") return [entity.updatedAt];
      // As OpenMetadata's index has it.
      if (field === "displayName") return [entity.body["displayName"] ?? entity.name];
      // The index of OpenMetadata says of everybody whether it is a bot.
      if (field === "isBot") return [entity.body["isBot"] === true];
      if (!references.has(field)) return valuesAt(entity.body[field], rest);
      if (entity.body[field] === undefined) return [];
      shown ??= entity.show();
      return valuesAt(shown[field], rest);
    },
  };
}

function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [next, ...rest] = path;
  if (next === undefined) return [value];
  return typeof value === "object" ? valuesAt((value as Record<string, unknown>)[next], rest) : [];
}
