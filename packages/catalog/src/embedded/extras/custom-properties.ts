import { customProperty, entityTypes, type CustomProperty } from "@omd/schema";
import { badRequest } from "../columns.ts";
import { notFound, type Body } from "../entity-store.ts";
import { parsed, stableId, type ExtrasContext } from "./extras-context.ts";

/** Types that a custom property may have. Source: OpenMetadata's type/*.json and its table of custom property types. */
const fieldTypes = (
  "string integer number markdown enum email duration timestamp timeInterval sqlQuery entityReference entityReferenceList " +
  "date-cp dateTime-cp time-cp table-cp hyperlink-cp"
).split(" ");

export type TypeCategory = "entity" | "field";

/** Types of entities with the properties that users gave them, and types of fields. Source: om-api §2.2. */
export class CustomProperties {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  list(category?: TypeCategory): Body[] {
    const names = [...(category === "field" ? [] : entityNames()), ...(category === "entity" ? [] : fieldTypes)];
    return names.sort().map((name) => this.#shown(name));
  }

  /** Throws CatalogError 404. */
  byName(name: string): Body {
    if (!isKnown(name)) throw notFound("type", name);
    return this.#shown(name);
  }

  /** Throws CatalogError 404. */
  byId(id: string): Body {
    return this.#shown(this.#nameOf(id));
  }

  /** Adds or replaces a property of an entity type. Throws CatalogError 400 and 404. */
  put(typeId: string, body: unknown): Body {
    const type = this.#nameOf(typeId);
    if (fieldTypes.includes(type)) throw badRequest(`Only entity types can be extended, and ${type} is a field type`);
    const property = parsed(customProperty, body, "custom property");
    const fieldType = fieldTypes.find((name) => idOf(name) === property.propertyType.id);
    if (fieldType === undefined) throw notFound("type", property.propertyType.id);
    this.#context.db.run(
      "INSERT OR REPLACE INTO custom_property (type, name, body) VALUES (?, ?, ?)",
      type,
      property.name,
      JSON.stringify({ ...property, propertyType: reference(fieldType) }),
    );
    return this.#shown(type);
  }

  #nameOf(id: string): string {
    const name = [...entityNames(), ...fieldTypes].find((known) => idOf(known) === id);
    if (name === undefined) throw notFound("type", id);
    return name;
  }

  #shown(name: string): Body {
    const isField = fieldTypes.includes(name);
    return {
      id: idOf(name),
      name,
      fullyQualifiedName: name,
      displayName: name,
      description: isField ? `A ${name} as a property` : `An entity of the type ${name}`,
      category: isField ? "field" : "entity",
      schema: "{}",
      ...(isField ? {} : { customProperties: this.#properties(name) }),
      version: 0.1,
      href: `/api/v1/metadata/types/${idOf(name)}`,
    };
  }

  #properties(type: string): CustomProperty[] {
    return this.#context.db
      .all("SELECT body FROM custom_property WHERE type = ? ORDER BY name", type)
      .map((row) => JSON.parse(String(row.body)) as CustomProperty);
  }
}

function entityNames(): string[] {
  return Object.keys(entityTypes);
}

function isKnown(name: string): boolean {
  return Object.hasOwn(entityTypes, name) || fieldTypes.includes(name);
}

/** The same in every catalog. */
function idOf(name: string): string {
  return stableId("type", name);
}

function reference(name: string): CustomProperty["propertyType"] {
  return { id: idOf(name), type: "type", name, fullyQualifiedName: name };
}
