import type { WorkflowConfig } from "../config/index.ts";
import type { Catalog, Sink } from "../contracts/index.ts";
import type { SecretRegistry } from "../secrets/secret-registry.ts";
import { FileSink } from "../sink/file-sink.ts";
import type { KnownEntities } from "../sink/metadata-rest/known-entities.ts";
import { MetadataRestSink } from "../sink/metadata-rest/sink.ts";

export interface SinkParts {
  readonly config: WorkflowConfig;
  readonly secrets: SecretRegistry;
  readonly catalog: Catalog;
  readonly known: KnownEntities;
}

/** The sink that the config names; without one, the catalog. */
export function createSink({ config, secrets, catalog, known }: SinkParts): Sink {
  const { sink, source, workflowConfig } = config;
  if (sink?.type === "file")
    return new FileSink({ filename: sink.config.filename, redact: (text) => secrets.redact(text) });
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
