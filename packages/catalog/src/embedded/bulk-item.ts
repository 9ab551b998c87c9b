import { isOmdError, type BulkItemResult } from "@omd/core";
import { InvalidNameError, requestFqn, type CreateRequest, type EntityType, type FQN } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import type { EntityWriter } from "./entity-writer.ts";

/** Writes one of many: what is wrong with it undoes it alone, and is its answer. Expects an open transaction. */
export function putItem<T extends EntityType>(
  db: CatalogDatabase,
  writer: EntityWriter,
  type: T,
  request: CreateRequest<T>,
): BulkItemResult {
  try {
    return db.savepoint(() => putPlain(writer, type, request));
  } catch (error) {
    if (!isOmdError(error) || error.status === undefined) throw error;
    return { ok: false, fqn: nameOf(type, request), status: error.status, message: error.message };
  }
}

/** As {@link putItem}, but what is wrong with it is thrown, and nothing undone. */
export function putPlain<T extends EntityType>(
  writer: EntityWriter,
  type: T,
  request: CreateRequest<T>,
): BulkItemResult {
  const { fqn, id } = writer.write(type, request).entity;
  return { ok: true, fqn: fqn as FQN, id };
}

function nameOf<T extends EntityType>(type: T, request: CreateRequest<T>): FQN {
  try {
    return requestFqn(type, request);
  } catch (error) {
    if (error instanceof InvalidNameError) return (request.name ?? type) as FQN;
    throw error;
  }
}
