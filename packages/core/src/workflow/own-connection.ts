import type { Schema } from "../contracts/index.ts";
import { isCustomType } from "../registry/index.ts";

type Connection = Readonly<Record<string, unknown>>;

/** `customPipeline` and its like name the class in the connection; a connector that is known by a type of its own too does not list those keys. */
export function ownConnection(type: string, connection: Connection, schema: Schema<unknown>): Connection {
  if (!isCustomType(type) || schema.safeParse(connection).success) return connection;
  const { sourcePythonClass: _python, sourceClass: _ours, ...own } = connection;
  return own;
}
