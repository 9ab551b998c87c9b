import type { PropertyDefinition } from "@omd/core";
import type { EntityType } from "@omd/schema";
import { typeAnswer } from "./answers.ts";
import { statusOf } from "./failure.ts";
import type { Transport } from "./transport.ts";

/**
 * The custom properties that the server has defined for a type. Undefined where anything may be written or nobody can tell: an omd server keeps every
 * property, and a server may not know the type or not show it to this user. Throws CatalogError. Source: om-api §2.2.
 */
export async function readProperties(
  transport: Transport,
  type: EntityType,
): Promise<readonly PropertyDefinition[] | undefined> {
  await transport.version();
  if (transport.served() !== undefined) return undefined;
  const path = `/metadata/types/name/${encodeURIComponent(type)}`;
  const request = { path, query: { fields: "customProperties" } };
  try {
    const answer = await transport.find(`read the custom properties of ${type}`, request, typeAnswer);
    return answer?.customProperties.map(({ name, propertyType }) => ({ name, type: propertyType?.name }));
  } catch (error) {
    if (statusOf(error) === 403) return undefined;
    throw error;
  }
}
