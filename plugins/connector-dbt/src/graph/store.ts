import type { DbtConfigSource } from "../config.ts";

/**
 * Names the part of a bucket that a run lists whole, without credentials: a project that lay there and is missing now is gone. Undefined for
 * files, addresses and jobs that are named one by one: they say nothing about projects that they do not hold.
 */
export function storeOf(place: DbtConfigSource): string | undefined {
  if (place.dbtConfigType !== "s3" && place.dbtConfigType !== "gcs" && place.dbtConfigType !== "azure")
    return undefined;
  const { bucket, prefix } = place.dbtPrefixConfig;
  return bucket === undefined ? undefined : JSON.stringify([place.dbtConfigType, bucket, prefix]);
}
