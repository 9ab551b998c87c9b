import { hash } from "node:crypto";
import type { WorkflowConfig } from "../config/index.ts";
import { stableJson } from "../sink/file-sink.ts";
import { omdVersion } from "../version.ts";

/**
 * Of what decides beside the source's own options how its records are written. Left out is what only concerns services, which every run
 * yields, and the catalog, which has marks of its own.
 */
export function runFingerprint(
  { omd, source }: WorkflowConfig,
  connectorVersion: string | undefined,
  heldPatterns?: Readonly<Record<string, unknown>>,
): string {
  const { processors, createMissingOwners } = omd;
  const { overrideMetadata = false } = source.sourceConfig.config;
  const facts = { omdVersion, connectorVersion, processors, createMissingOwners, overrideMetadata, ...heldPatterns };
  return hash("sha1", stableJson(facts), "base64url");
}
