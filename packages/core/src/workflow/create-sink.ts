import { ConfigError, type WorkflowConfig } from "../config/index.ts";
import { right, type Catalog, type Sink } from "../contracts/index.ts";
import type { PlanEntry } from "../report/report.ts";
import type { SecretRegistry } from "../secrets/secret-registry.ts";
import { FileSink } from "../sink/file-sink.ts";
import type { KnownEntities } from "../sink/metadata-rest/known-entities.ts";
import { MetadataRestSink, recordName } from "../sink/metadata-rest/sink.ts";

export interface SinkParts {
  readonly config: WorkflowConfig;
  readonly secrets: SecretRegistry;
  readonly catalog: Catalog;
  readonly known: KnownEntities;
  /** Given: nothing is written, what would be is put here. */
  readonly plan?: PlanEntry[] | undefined;
}

/** The sink that the config names; without one, the catalog. Throws {@link ConfigError} for a file that cannot be written. */
export function createSink({ config, secrets, catalog, known, plan }: SinkParts): Sink {
  const { sink, source, workflowConfig } = config;
  if (sink?.type === "file")
    return plan ? plannedLines(plan) : fileSink(sink.config.filename, config, (text) => secrets.redact(text));
  const server = workflowConfig.openMetadataServerConfig ?? {};
  const connection = source.serviceConnection?.config;
  return new MetadataRestSink({
    catalog,
    known,
    overrideMetadata: source.sourceConfig.config["overrideMetadata"] === true,
    forceEntityOverwriting: server["forceEntityOverwriting"] === true,
    storeServiceConnection: server["storeServiceConnection"] !== false,
    // A server keeps secrets encrypted; the embedded file must not see them.
    serviceConnection: connection && (catalog.kind === "rest" ? connection : secrets.redactDeep(connection)),
    batchSize: sink?.config?.bulk_sink_batch_size,
  });
}

function fileSink(filename: string, { origin }: WorkflowConfig, redact: (text: string) => string): FileSink {
  try {
    return new FileSink({ filename, redact });
  } catch (cause) {
    const path = ["sink", "config", "filename"];
    const message = `cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ConfigError([{ file: origin.file, ...origin.locate(path, "value"), path, message }], { cause });
  }
}

/** Each line of the file is new. */
function plannedLines(plan: PlanEntry[]): Sink {
  return {
    name: "File",
    run(record) {
      const name = recordName(record);
      plan.push({
        action: "create",
        kind: record.kind === "entity" ? record.entityType : record.kind,
        name,
        changes: [],
      });
      return Promise.resolve(right({ outcome: "created", name }));
    },
  };
}
