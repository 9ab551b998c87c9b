import { z } from "zod";
import { entityTypes, type EntityType } from "./entity-types.ts";
import { parseFqn, type FQN } from "./fqn.ts";
import { fqnText } from "./references.ts";

/** A mark is stored once the sink has confirmed its record; the next run sees it through `context.marks`. */
export interface Mark {
  key: string;
  value: string;
}

export interface RecordBase {
  /** Stored only when the sink has confirmed the write. */
  marks?: Mark[] | undefined;
}

/** An entity of the catalog by name. */
export interface EntityKey {
  entityType: EntityType;
  fqn: FQN;
}

export const base = { marks: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional() };

function isFqn(value: unknown): boolean {
  if (!fqnText.safeParse(value).success || typeof value !== "string") return false;
  try {
    return parseFqn(value) === value;
  } catch {
    return false;
  }
}

export const fqn = z.custom<FQN>(isFqn, { error: "is not a fully qualified name in its normal form" });
export const entityKey = z.strictObject({
  entityType: z.enum(Object.keys(entityTypes) as [EntityType, ...EntityType[]]),
  fqn,
});
