import type { EntityType, JsonPatchOperation } from "@omd/schema";
import { notFound, ok, Refusal, type FaceAnswer } from "./answer.ts";
import { typeNames, type FaceCall, type FaceState } from "./calls.ts";

/** `/metadata/types`: what custom properties a type has. Without any told the face has no such route. */
export function typeRoutes({ properties }: FaceState, call: FaceCall): FaceAnswer | undefined {
  const [, , by, name = ""] = call.segments;
  if (properties === undefined || call.method !== "GET" || by !== "name") return undefined;
  if (!typeNames.includes(name as EntityType)) throw notFound("type", name);
  const isAsked = call.query.get("fields")?.split(",").includes("customProperties") === true;
  const defined = Object.entries(properties[name] ?? {}).map(([property, type]) => ({
    name: property,
    description: "",
    propertyType: { id: type, type: "type", name: type, fullyQualifiedName: type },
  }));
  const shown = { id: name, name, fullyQualifiedName: name, description: "", category: "entity", schema: "{}" };
  return ok({ ...shown, ...(isAsked && { customProperties: defined }) });
}

/** Refuses a patch with a property that the type has not got, the whole of it. */
export function checkExtension(
  { properties }: FaceState,
  type: EntityType,
  operations: readonly JsonPatchOperation[],
): void {
  if (properties === undefined) return;
  for (const name of operations.flatMap(propertiesOf)) {
    const kind = properties[type]?.[name];
    if (kind === undefined) throw new Refusal(400, `Unknown custom field ${name}`);
    const values = operations.filter((one) => one.op !== "remove").map((one) => valueOf(one, name));
    if (kind.startsWith("entityReference") && !values.flat().every(isReference))
      throw new Refusal(400, `Custom field ${name} has invalid JSON: id is required`);
  }
}

const nested = "/extension/";

function propertiesOf({ path, ...operation }: JsonPatchOperation): string[] {
  if (path.startsWith(nested)) return [path.slice(nested.length)];
  return path === "/extension" && "value" in operation ? Object.keys(Object(operation.value) as object) : [];
}

function valueOf({ path, ...operation }: JsonPatchOperation, name: string): unknown {
  if (!("value" in operation)) return [];
  if (path === `${nested}${name}`) return operation.value;
  return path === "/extension" ? ((operation.value as Readonly<Record<string, unknown>>)[name] ?? []) : [];
}

function isReference(value: unknown): boolean {
  const { id, type } = Object(value) as Readonly<Record<string, unknown>>;
  return typeof id === "string" && typeof type === "string";
}
